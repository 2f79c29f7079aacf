using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Ranks the columns of a table by how likely they hold the label or the text: by their names first, then by their values.
/// Where others could be meant as well, it asks.</summary>
internal sealed class ColumnCandidates(TableReader table, DatasetRecipe recipe, Func<ImmutableArray<ColumnStatistics>> all)
{
    private const double AsGood = 0.6;
    private const double SecondText = 0.5;
    private const double TitleVariety = 0.05;
    private const int FewestTitles = 10;
    private const double PairWords = 2;

    /// <summary>What a column's name says of it as a label.</summary>
    private enum Rank { Other, Neutral, Speaks, Usual, Certain }

    private readonly Lazy<ImmutableArray<ColumnStatistics>> _first = new(() =>
    {
        var survey = new ColumnSurvey(table.Columns.Length);
        survey.Add(table.FirstBatch);
        return survey.Result();
    });

    private readonly Lazy<ImmutableArray<ColumnStatistics>> _all = new(all);

    private ImmutableArray<string> Columns => table.Columns;

    public ColumnChoice Label()
    {
        int[] free = [.. Enumerable.Range(0, Columns.Length).Where(i => !recipe.Text.Contains(Columns[i]) && Columns[i] != recipe.Split.Column)];
        foreach (int i in free.Where(i => RankOf(i) == Rank.Certain && _first.Value[i].Rows > 0))
        {
            return new ColumnChoice([Columns[i]], $"its name, and {Values(_first.Value[i])}{RunnerUp(free.Where(other => other != i), _first.Value)}");
        }

        ImmutableArray<ColumnStatistics> stats = _all.Value;
        int[] possible = [.. free.Where(i => stats[i].CouldBeLabel && (stats[i].Distinct >= 2 || RankOf(i) >= Rank.Speaks))];
        if (possible.Length == 0)
        {
            return new ColumnChoice([], "");
        }

        int best = Order(possible, stats).First();
        Rank rank = RankOf(best);
        double score = stats[best].LabelScore;
        int[] rivals = [.. Order(possible, stats).Where(i => i != best && RankOf(i) == rank && (rank > Rank.Neutral || stats[i].LabelScore >= score * AsGood) && !OneToOne(best, i))];
        string reason = $"its {(rank > Rank.Neutral ? "name, and" : "values:")} {Values(stats[best])}{(rank > Rank.Neutral ? "" : ", each often")}{RunnerUp(possible.Where(i => i != best), stats)}";
        return new ColumnChoice([Columns[best]], reason, rivals.Length == 0 ? null : Ask(
            "label-unclear", "dataset.label", stats[best].Records, $"{string.Join(", ", rivals.Prepend(best).Select(i => Columns[i]))} could each be the label; {Columns[best]} was taken"));
    }

    public ColumnChoice Text(string label)
    {
        int[] free = [.. Enumerable.Range(0, Columns.Length).Where(i => Columns[i] != label && Columns[i] != recipe.Split.Column && !recipe.Slices.Contains(Columns[i]))];
        int[] named = [.. ColumnRecognition.TextNames.Select(name => Array.Find(free, i => ColumnRecognition.Plain(Columns[i]) == ColumnRecognition.Plain(name)) is var i && free.Contains(i) && Is(i, name) ? i : -1).Where(i => i >= 0)];
        // A column of that name may hold something else, such as a number.
        int text = Array.Find(named.Append(-1).ToArray(), i => i < 0 || _first.Value[i].Numbers < AsGood);
        text = text < 0 && named.Length > 0 && !free.Any(i => _first.Value[i].IsWordy) ? named[0] : text;
        bool byName = text >= 0;
        ImmutableArray<ColumnStatistics> stats = byName ? _first.Value : _all.Value;
        int[] wordy = [.. free.Where(i => stats[i].IsWordy).OrderByDescending(i => ColumnName.SpeaksOfText(Columns[i])).ThenByDescending(i => stats[i].TextScore)];
        text = byName ? text : wordy.FirstOrDefault(-1);
        if (text < 0)
        {
            return new ColumnChoice([], "");
        }

        bool speaks = byName || ColumnName.SpeaksOfText(Columns[text]);
        int title = speaks ? Title(free, text, stats) : -1;
        int second = Array.Find([.. wordy, -1], i => i < 0 || (i != text && i != title && stats[i].Words >= PairWords && IsSecond(i, text, byName, stats)));
        string runnerUp = wordy.Where(i => i != text && i != title).Select(i => $"; next would be {Columns[i]}").FirstOrDefault("");
        string reason = title >= 0 ? "their names: title and body make one text"
            : byName ? "its name"
            : string.Create(CultureInfo.InvariantCulture, $"its {(speaks ? "name and" : "")} values: {stats[text].Words:0.#} words on average, nearly all different").Replace("its  ", "its ", StringComparison.Ordinal);
        Finding? question = second < 0 ? null : Ask(
            "second-text", "dataset.text", stats[text].Records,
            $"{Columns[second]} holds texts too, which may belong to those of {Columns[text]}; only {Columns[text]} was taken");
        return new ColumnChoice(title >= 0 ? [Columns[title], Columns[text]] : [Columns[text]], reason + runnerUp, question);

        bool Is(int i, string name) => ColumnRecognition.Plain(Columns[i]) == ColumnRecognition.Plain(name);
    }

    /// <summary>A question where the header has the name of a column twice that was not named by anybody.</summary>
    public Finding? Doubled(DatasetRecipe asked, ColumnChoice label, ColumnChoice text)
    {
        string[] labels = asked.Label is null ? DoubledAmong(label) : [];
        string[] texts = asked.Text.Count == 0 ? DoubledAmong(text) : [];
        string[] doubled = [.. texts, .. labels.Except(texts)];
        string[] settings = [.. texts.Length > 0 ? ["dataset.text"] : Array.Empty<string>(), .. labels.Length > 0 ? ["dataset.label"] : Array.Empty<string>()];
        return doubled.Length == 0 ? null : Ask(
            "doubled-header-names",
            settings,
            _first.Value[0].Records,
            $"the header has {string.Join(" and ", doubled)} more than once (the second is called {doubled[0]}_2); text was taken from {string.Join(" and ", text.Columns)}, the label from {string.Join(" and ", label.Columns)}");

        string[] DoubledAmong(ColumnChoice choice) =>
            [.. table.DoubledNames.Where(name => choice.Columns.Any(column => column == name || column.StartsWith(name + "_", StringComparison.Ordinal)))];
    }

    private IEnumerable<int> Order(IEnumerable<int> columns, ImmutableArray<ColumnStatistics> stats) => columns
        .OrderByDescending(i => RankOf(i))
        .ThenBy(i => RankOf(i) == Rank.Usual ? Array.FindIndex(ColumnRecognition.LabelNames, name => ColumnRecognition.Plain(name) == ColumnRecognition.Plain(Columns[i])) : 0)
        .ThenByDescending(i => stats[i].LabelScore);

    private Rank RankOf(int i) => RankOf(Columns[i]) is var rank && rank == Rank.Other && ColumnName.SpeaksOfMeasure(Columns[i]) && _first.Value[i].Numbers < AsGood
        ? Rank.Neutral
        : rank;

    private static Rank RankOf(string column) =>
        ColumnRecognition.Plain(column) is "label" or "labels" ? Rank.Certain
        : ColumnRecognition.LabelNames.Any(name => ColumnRecognition.Plain(name) == ColumnRecognition.Plain(column)) ? Rank.Usual
        : ColumnName.SpeaksOfLabels(column) ? Rank.Speaks
        : ColumnName.SpeaksOfOthers(column) || ColumnName.SpeaksOfText(column) ? Rank.Other
        : Rank.Neutral;

    private int Title(int[] free, int text, ImmutableArray<ColumnStatistics> stats)
    {
        int title = ColumnRecognition.TitleNames.Select(name => ColumnRecognition.IndexOf(Columns, name)).Where(i => i >= 0 && i != text && free.Contains(i)).FirstOrDefault(-1);
        return title >= 0 && stats[title].MeanLength > 3 && stats[title].Distinct >= Math.Max(FewestTitles, stats[title].Rows * TitleVariety) ? title : -1;
    }

    /// <summary>Another text that is not a title: the half of a pair, or as much of a text as the one taken.</summary>
    private bool IsSecond(int i, int text, bool byName, ImmutableArray<ColumnStatistics> stats)
    {
        if (ColumnName.ArePair(Columns[text], Columns[i]))
        {
            return true;
        }

        bool asMuch = stats[i].TextScore >= stats[text].TextScore * SecondText && !ColumnName.SpeaksOfOthers(Columns[i]);
        return asMuch && (!byName || ColumnRecognition.TextNames.Any(name => ColumnRecognition.Plain(name) == ColumnRecognition.Plain(Columns[i])));
    }

    /// <summary>Whether two columns say the same in other words in the first records: 0 and negative, 1 and positive.</summary>
    private bool OneToOne(int one, int other)
    {
        var pairs = new Dictionary<string, string>();
        var back = new Dictionary<string, string>();
        byte[] scratch = [];
        for (int r = 0; r < table.FirstBatch.RecordCount; r++)
        {
            TableRecord record = table.FirstBatch.Records[r];
            if (record.Fields <= Math.Max(one, other))
            {
                continue;
            }

            string a = Encoding.UTF8.GetString(FieldValue.Of(table.FirstBatch, table.FirstBatch.Fields[record.FirstField + one], ref scratch));
            string b = Encoding.UTF8.GetString(FieldValue.Of(table.FirstBatch, table.FirstBatch.Fields[record.FirstField + other], ref scratch));
            if (!pairs.TryAdd(a, b) && pairs[a] != b)
            {
                return false;
            }

            if (!back.TryAdd(b, a) && back[b] != a)
            {
                return false;
            }
        }

        return pairs.Count > 1 && RankOf(one) > Rank.Neutral;
    }

    private string RunnerUp(IEnumerable<int> others, ImmutableArray<ColumnStatistics> stats) =>
        Order(others.Where(i => stats[i].CouldBeLabel && stats[i].Distinct >= 2), stats).Select(i => $"; next would be {Columns[i]} ({stats[i].Distinct} values)").FirstOrDefault("");

    private static string Values(ColumnStatistics stats) => string.Create(CultureInfo.InvariantCulture, $"{stats.Distinct} different values in {stats.Rows:N0} rows");

    private static Finding Ask(string code, string setting, long rows, string message) => Ask(code, [setting], rows, message);

    private static Finding Ask(string code, string[] settings, long rows, string message) => new(
        code, FindingGrade.Necessary, rows, $"rows, but their columns are not certain: {message}",
        $"Name the column{(settings.Length > 1 ? "s" : "")} in the recipe: {string.Join(" and ", settings)}", [])
    {
        AnsweredBy = string.Join(" and ", settings),
    };
}
