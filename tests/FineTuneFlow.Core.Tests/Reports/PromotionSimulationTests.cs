using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>How often each rule takes the cheap one of two models whose true accuracies are known: drawn holdouts, the product's own
/// tests, bounds and choice. The table of docs/metrics.md is what comes out.</summary>
public sealed class PromotionSimulationTests
{
    private const int Holdouts = 4000;

    // The share of rows on which exactly one of the two is right, about what two models of reviews differ by.
    private const double Differing = 0.2;

    private static readonly int[] Rows = [200, 1000, 5000, 50_000];
    private static readonly int[] Points = [0, 1, 2, 5];
    private static readonly PromotionPreference[] Preferences = [PromotionPreference.Thrifty, PromotionPreference.Proven, PromotionPreference.Best];
    private static readonly Lazy<Dictionary<(int Points, PromotionPreference Prefer, int Rows), double>> Taken = new(Simulate);

    [Fact]
    public void Proven_takes_a_model_that_is_worse_by_more_than_the_margin_in_at_most_five_of_a_hundred_holdouts()
    {
        foreach (int rows in Rows)
        {
            Taken.Value[(2, PromotionPreference.Proven, rows)].ShouldBeLessThan(0.05);
            Taken.Value[(5, PromotionPreference.Proven, rows)].ShouldBeLessThan(0.05);
            // At the margin itself the test works at its level: half a point for the drawing.
            Taken.Value[(1, PromotionPreference.Proven, rows)].ShouldBeLessThan(0.06);
        }
    }

    [Fact]
    public void Thrifty_takes_a_model_that_is_five_points_worse_in_at_most_one_of_a_hundred_holdouts_of_1000_rows()
    {
        foreach (int rows in Rows.Where(rows => rows >= 1000))
        {
            Taken.Value[(5, PromotionPreference.Thrifty, rows)].ShouldBeLessThan(0.01);
        }
    }

    [Fact]
    public void Of_equally_good_models_thrifty_takes_the_cheap_one_more_often_than_the_figure_alone_would()
    {
        foreach (int rows in Rows)
        {
            Taken.Value[(0, PromotionPreference.Thrifty, rows)].ShouldBeGreaterThan(Taken.Value[(0, PromotionPreference.Best, rows)] + 0.1);
        }
    }

    [Fact]
    public void The_table_of_the_page_is_what_comes_out()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string table = Table();
        File.ReadAllText(Path.Combine(root, "docs", "metrics.md")).ShouldContain(table, Case.Sensitive, table);
    }

    private static string Table()
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"| the cheap model is worse by | rule | {string.Join(" | ", Rows.Select(rows => rows.ToString("N0", CultureInfo.InvariantCulture) + " rows"))} |\n");
        table.Append("| --- | --- | --- | --- | --- | --- |\n");
        foreach (int points in Points)
        {
            foreach (PromotionPreference prefer in Preferences)
            {
                IEnumerable<string> cells = Rows.Select(rows => (Taken.Value[(points, prefer, rows)] * 100).ToString("F1", CultureInfo.InvariantCulture) + " %");
                table.Append(CultureInfo.InvariantCulture, $"| {points} {(points == 1 ? "point" : "points")} | `{prefer.ToString().ToLowerInvariant()}` | {string.Join(" | ", cells)} |\n");
            }
        }

        return table.ToString();
    }

    private static Dictionary<(int, PromotionPreference, int), double> Simulate()
    {
        var taken = new Dictionary<(int, PromotionPreference, int), double>();
        foreach ((int points, int rows) in Points.SelectMany(points => Rows.Select(rows => (points, rows))))
        {
            var counts = new int[Preferences.Length];
            for (int holdout = 0; holdout < Holdouts; holdout++)
            {
                var random = new RandomStream(20_26, (ulong)(((long)points * 1_000_000_000) + ((long)rows * 10_000) + holdout));
                int differing = Binomial.Draw(ref random, rows, Differing);
                int onlyDear = Binomial.Draw(ref random, differing, (Differing + (points / 100.0)) / 2 / Differing);
                for (int i = 0; i < Preferences.Length; i++)
                {
                    counts[i] += TakesCheap(Preferences[i], onlyDear, differing - onlyDear, rows) ? 1 : 0;
                }
            }

            for (int i = 0; i < Preferences.Length; i++)
            {
                taken[(points, Preferences[i], rows)] = counts[i] / (double)Holdouts;
            }
        }

        return taken;
    }

    private static bool TakesCheap(PromotionPreference prefer, int onlyDear, int onlyCheap, int rows)
    {
        double p = McNemar.PValue(onlyDear, onlyCheap);
        var pair = new PairedComparison
        {
            First = "dear",
            Second = "cheap",
            Score = Score.Accuracy,
            Difference = (onlyDear - onlyCheap) / (double)rows,
            OneSided = Proportions.PairedDifference(onlyDear, onlyCheap, rows, 0.1),
            PValue = p,
            AdjustedPValue = p,
            Test = ComparisonTest.McNemarExact,
        };
        const double BothRight = 0.65;
        CandidateReport dear = Model("dear", OutcomeKind.FineTune, 0.13, BothRight + (onlyDear / (double)rows), rows);
        CandidateReport cheap = Model("cheap", OutcomeKind.LinearBaseline, null, BothRight + (onlyCheap / (double)rows), rows);
        return PromotionChoice.Of(new Contest(new PromotionRecipe { Prefer = prefer }, [dear, cheap], [pair], null, null))?.Name == "cheap";
    }

    private static CandidateReport Model(string name, OutcomeKind kind, double? price, double accuracy, int rows) => new()
    {
        Name = name,
        Kind = kind,
        Provider = price is null ? null : "openai",
        Model = name,
        Cost = new CandidateCost(),
        UsdPerThousand = price,
        Metrics = new Metrics
        {
            N = rows,
            Correct = (int)(accuracy * rows),
            Accuracy = accuracy,
            MacroF1 = accuracy,
            WeightedF1 = accuracy,
            BalancedAccuracy = accuracy,
            MajorityShare = 0.4,
            Intervals = ImmutableSortedDictionary<string, Interval>.Empty,
            Classes = [],
            Confusion = [],
        },
    };
}
