using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>A made-up run: stars, a champion, fine-tunes, a prompted model, a baseline and one that failed.</summary>
internal static class SampleRun
{
    public static readonly LabelSet Stars = new(["1", "2", "3", "4", "5"], Ordered: true, Good: ["4", "5"]);

    private static readonly string[] Words = ["the", "battery", "lasts", "two", "days", "and", "screen", "broke", "after", "update", "love", "it", "slow", "crash", "good", "value"];

    public static ReportInput Input(int rows = 1500, int seed = 3, bool champion = true, PromotionRecipe? promotion = null, Func<int, DatasetRow, DatasetRow>? row = null)
    {
        var random = new Random(seed);
        DatasetRow[] holdout =
        [
            .. Enumerable.Range(0, rows).Select(i => new DatasetRow(
                $"{random.NextInt64():x16}",
                string.Join(' ', Enumerable.Range(0, random.Next(3, 60)).Select(_ => Words[random.Next(Words.Length)])),
                Stars.Names[Draw(random, [0.18, 0.06, 0.09, 0.17, 0.50])],
                ImmutableSortedDictionary<string, string>.Empty.Add("app", random.Next(3) == 0 ? "mail" : "blog"))),
        ];
        holdout = row is null ? holdout : [.. holdout.Select((value, i) => row(i, value))];
        var outcomes = new List<CandidateOutcome>
        {
            Outcome("gpt-system", OutcomeKind.FineTune, "gpt-3.5-turbo-0125", Answers(holdout, random, 0.69, true), 9.2, 0.21, simulated: true, Curve(random, 300)),
            Outcome("babbage-1", OutcomeKind.FineTune, "babbage-002", Answers(holdout, random, 0.62, true), 0.84, 0.04, simulated: true, Curve(random, 1501)),
            Outcome("babbage-4", OutcomeKind.Continuation, "babbage-002", Answers(holdout, random, 0.6, true), 2.5, 0.04, simulated: true, Curve(random, 700)) with { ContinueFrom = "babbage-1" },
            Outcome("few-shot", OutcomeKind.Prompt, "gpt-4.1-mini", Answers(holdout, random, 0.5, false), 0, 0.11, simulated: false, null),
            Outcome("linear", OutcomeKind.LinearBaseline, "linear", Answers(holdout, random, 0.52, true), 0, 0, simulated: false, null),
            Outcome("late", OutcomeKind.FineTune, "gpt-4.1-nano", [], 0, 0, simulated: true, null) with { Failure = new Failure(FailureKind.JobFailed, "The job ended in failure", "Look at its events") },
        };
        if (champion)
        {
            outcomes.Add(Outcome("stars-v3", OutcomeKind.Champion, "babbage-002", Answers(holdout, random, 0.6, true), 0, 0.04, simulated: true, null));
        }

        return new ReportInput
        {
            RunId = "reviews-1f2e3d4c5b6a",
            Project = "reviews",
            Recipe = new Recipe { Promotion = promotion ?? new PromotionRecipe() },
            Manifest = Manifest(rows),
            Profile = JsonNode.Parse("{}"),
            Holdout = holdout,
            Candidates = [.. outcomes],
            Champion = champion ? "stars-v3" : null,
            ChampionHealth = champion
                ? new ChampionHealthReport(
                    3, 7, 1400, 2, 0.056, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("1", 200L), KeyValuePair.Create("5", 1198L)]), 300, 282,
                    [new DriftMeasure("labels", 0.31, 0.0004, 1398, 210, true), new DriftMeasure("length", 0.02, 0.4, 1400, null, false)],
                    new FeedbackAccuracy(31, 60, 0.39, 0.64, 0.6, false, 30), "babbage-002", new DateOnly(2026, 9, 28))
                : null,
            OldChampion = champion ? new OldChampion("babbage-002", new DateOnly(2027, 1, 14), "reviews-000000000000", []) : null,
            Stages = [new StageTime("PrepareDataset", Time(0), Time(2)), new StageTime("Train", Time(2), Time(48)), new StageTime("Evaluate", Time(48), null)],
            StartedAt = Time(0),
            EndedAt = Time(55),
            Quote = Quote([.. outcomes]),
        };
    }

    // Most cost what was quoted, "babbage-1" less.
    private static Quote Quote(ImmutableArray<CandidateOutcome> outcomes)
    {
        ImmutableArray<CandidateQuote> candidates =
        [
            .. outcomes.Select(outcome => new CandidateQuote
            {
                Name = outcome.Name,
                Model = outcome.Model,
                Simulated = outcome.Simulated,
                TrainingUsd = new Estimate(0.9, 1.0, 1.2) * (outcome.Cost.TrainingUsd * (outcome.Name == "babbage-1" ? 2 : 1)),
                EvaluationUsd = new Estimate(0.9, 1.0, 1.2) * outcome.Cost.EvaluationUsd,
            }),
        ];
        Estimate total = candidates.Aggregate(Estimate.Zero, (sum, candidate) => sum + candidate.TotalUsd);
        return new Quote
        {
            Currency = "USD",
            PricesAsOf = new DateOnly(2026, 11, 22),
            PriceSource = "price pages",
            Candidates = candidates,
            TotalUsd = total,
            PayableUsd = total,
            Budget = new BudgetRecipe(),
            NeedsApproval = false,
            OverBudget = false,
        };
    }

    public static Manifest Manifest(int rows) => new()
    {
        Source = new SourceFacts("reviews.csv", new string('a', 64), 1_234_567, "csv", "utf-8", ","),
        Settings = new DatasetRecipe { Text = new OneOrMany<string>("title", "body"), Label = "stars" },
        Labels = Stars,
        Rows = new RowCounts { Input = rows * 5, Train = rows * 3, Validation = rows - 7, Test = rows, Duplicates = 5, Rejected = 2 },
        Files = [new ManifestFile("test.jsonl", Split.Test, "rows", rows, 45_678, new string('b', 64))],
        PreparedBy = "0.1.0",
    };

    public static CandidateOutcome Outcome(
        string name, OutcomeKind kind, string model, IReadOnlyList<Prediction> predictions, double training, double evaluation, bool simulated, TrainingCurve? curve) => new()
        {
            Name = name,
            Kind = kind,
            Provider = kind == OutcomeKind.LinearBaseline ? null : simulated ? "simulator" : "openai",
            Simulated = simulated,
            Model = model,
            TunedModel = kind is OutcomeKind.FineTune or OutcomeKind.Continuation ? $"ft:{model}:demo::{name}" : null,
            JobId = kind is OutcomeKind.FineTune or OutcomeKind.Continuation ? "ftjob-" + name : null,
            Predictions = predictions,
            Curve = curve,
            Cost = new CandidateCost { TrainingUsd = training, EvaluationUsd = evaluation, Asking = evaluation > 0 ? new AskingPrice(1.6, 1.6) : null, EvaluationPromptTokens = (long)(evaluation * 6e5), Simulated = simulated, TrainedTokens = training > 0 ? (long)(training * 2e6) : null },
            TrainingTime = curve is null ? null : TimeSpan.FromSeconds(444),
        };

    public static Prediction[] Answers(DatasetRow[] holdout, Random random, double knows, bool probabilities) =>
    [
        .. holdout.Select(row =>
        {
            int truth = Stars.IndexOf(row.Label);
            int near = Math.Clamp(truth + (random.NextDouble() < 0.5 ? 1 : -1), 0, 4);
            int said = random.NextDouble() < knows ? truth : random.NextDouble() < 0.6 ? near : random.Next(5);
            double confidence = 0.35 + (0.6 * Math.Sqrt(random.NextDouble()));
            return random.NextDouble() < 0.004
                ? new Prediction { Id = row.Id, Error = PredictionError.Unparsable, LatencyMs = 300 }
                : new Prediction
                {
                    Id = row.Id,
                    Label = Stars.Names[said],
                    LatencyMs = 120 + (random.NextDouble() * 200),
                    OtherMass = probabilities ? 0.01 : null,
                    Probabilities = probabilities
                        ? Stars.Names.Select((name, i) => KeyValuePair.Create(name, i == said ? confidence : (1 - confidence) / 4)).ToImmutableSortedDictionary(StringComparer.Ordinal)
                        : null,
                };
        }),
    ];

    private static TrainingCurve Curve(Random random, int steps) => new(
        [
            .. Enumerable.Range(1, steps).Select(step => new TrainingPoint(
                step,
                0.4 + (1.8 * Math.Exp(-step / (steps / 5.0))) + (random.NextDouble() * 0.3),
                0.95 - (0.4 * Math.Exp(-step / (steps / 5.0))) - (random.NextDouble() * 0.1),
                step % 20 == 0 ? 0.6 + (1.6 * Math.Exp(-step / (steps / 5.0))) + (random.NextDouble() * 0.2) : null,
                step % 20 == 0 ? 0.9 - (0.4 * Math.Exp(-step / (steps / 5.0))) : null)),
        ],
        [new CurveCheckpoint(steps / 2, "ft:checkpoint-1"), new CurveCheckpoint(steps, "ft:checkpoint-2")]);

    private static DateTimeOffset Time(double minutes) => new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero).AddMinutes(minutes);

    private static int Draw(Random random, double[] shares)
    {
        double u = random.NextDouble();
        int label = 0;
        while (label < shares.Length - 1 && u >= shares[label])
        {
            u -= shares[label++];
        }

        return label;
    }
}
