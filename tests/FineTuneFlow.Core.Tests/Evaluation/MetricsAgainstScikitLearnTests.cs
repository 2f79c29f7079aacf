using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class MetricsAgainstScikitLearnTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Every_score_of_240_tables_is_that_of_scikit_learn()
    {
        JsonArray tables = FixtureFile.Read("metrics.json")["tables"]!.AsArray();
        tables.Count.ShouldBe(240);
        foreach (JsonNode? table in tables)
        {
            Check(table!);
        }
    }

    private static void Check(JsonNode table)
    {
        string about = table.ToJsonString();
        int labels = (int)table["k"]!;
        JsonNode expected = table["expected"]!;
        Metrics metrics = Score(table, labels);

        foreach (Score score in Enum.GetValues<Score>().Where(score => expected[score.JsonName()] is not null))
        {
            score.Of(metrics).ShouldNotBeNull($"{score}: {about}").ShouldBe((double)expected[score.JsonName()]!, Tolerance, $"{score}: {about}");
        }

        metrics.QuadraticKappa.HasValue.ShouldBe(expected["quadraticKappa"] is not null, about);
        string.Join(";", metrics.Confusion.Select(row => string.Join(",", row)))
            .ShouldBe(string.Join(";", expected["confusion"]!.AsArray().Select(row => string.Join(",", row!.AsArray().Select(cell => (int)cell!)))));
        for (int i = 0; i < labels; i++)
        {
            metrics.Classes[i].Precision.ShouldBe((double)expected["precision"]![i]!, Tolerance, about);
            metrics.Classes[i].Recall.ShouldBe((double)expected["recall"]![i]!, Tolerance, about);
            metrics.Classes[i].F1.ShouldBe((double)expected["f1"]![i]!, Tolerance, about);
        }

        metrics.Intervals["accuracy"].Low.ShouldBe((double)expected["wilson"]![0]!, Tolerance, about);
        metrics.Intervals["accuracy"].High.ShouldBe((double)expected["wilson"]![1]!, Tolerance, about);
        if (expected["logLoss"] is not null)
        {
            metrics.BrierScore!.Value.ShouldBe((double)expected["brierScore"]!, Tolerance, about);
            metrics.ExpectedCalibrationError.HasValue.ShouldBe(expected["ece"] is not null, about);
            (metrics.ExpectedCalibrationError ?? 0).ShouldBe((double?)expected["ece"] ?? 0, Tolerance, about);
        }

        LatencySummary latency = metrics.Latency!;
        new[] { latency.P50, latency.P90, latency.P95, latency.P99 }.ShouldBe(expected["percentiles"]!.AsArray().Select(value => (double)value!), Tolerance, about);
        SliceMetrics slice = metrics.Slices.Single(slice => slice is { Column: "part", Value: "0" });
        JsonObject scored = JsonSerializer.SerializeToNode(slice, FlowJson.Compact)!.AsObject();
        foreach ((string name, JsonNode? value) in expected["slice"]!.AsObject())
        {
            scored[name].ShouldNotBeNull($"slice {name}: {about}");
            ((double)scored[name]!).ShouldBe((double)value!, Tolerance, $"slice {name}: {about}");
        }

        foreach ((string name, Interval interval) in metrics.Intervals.Concat(slice.Intervals))
        {
            (double.IsFinite(interval.Low) && double.IsFinite(interval.High) && interval.Low <= interval.High).ShouldBeTrue($"{name}: {about}");
        }
    }

    private static Metrics Score(JsonNode table, int labels)
    {
        string[] names = [.. Enumerable.Range(0, labels).Select(Name)];
        string truth = (string)table["truth"]!;
        string answers = (string)table["answers"]!;
        JsonArray? weights = table["weights"]?.AsArray();
        var set = new LabelSet([.. names], Ordered: true, Good: [.. names.Skip((labels + 1) / 2)]);
        DatasetRow[] holdout = [.. truth.Select((label, i) => new DatasetRow(
            $"{i:D4}", "t", label.ToString(), ImmutableSortedDictionary<string, string>.Empty.Add("part", $"{i % 2}")))];
        JsonArray latency = table["latency"]!.AsArray();
        Prediction[] predictions =
        [
            .. answers.Select((answer, i) => answer == '-'
                ? new Prediction { Id = $"{i:D4}", Error = PredictionError.Failed, LatencyMs = (double)latency[i]! }
                : new Prediction { Id = $"{i:D4}", Label = answer.ToString(), LatencyMs = (double)latency[i]!, Probabilities = Probabilities(names, weights?[i]?.AsArray()) }),
        ];
        return Scoring.Score(set, holdout, predictions, new ScoringOptions { Resamples = 40 });
    }

    private static ImmutableSortedDictionary<string, double>? Probabilities(string[] names, JsonArray? weights)
    {
        double sum = weights?.Sum(weight => (double)weight!) ?? 0;
        return weights is null
            ? null
            : names.Select((name, i) => KeyValuePair.Create(name, (double)weights[i]! / sum)).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static string Name(int label) => label.ToString();
}
