using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Rows whose label a linear model, trained on other rows, is sure to be another one. Each row is judged by a model that
/// has not seen it (two folds), against the mean confidence that the model has in the other class, as in confident learning
/// (Northcutt, Jiang and Chuang 2021).</summary>
internal static class LabelNoise
{
    /// <summary>Rows looked at; more would make a check longer than its reading.</summary>
    public const int SampleRows = 2_000;
    private const int FewestRows = 300;
    private const double LeastConfidence = 0.7;
    private const double MostOwnProbability = 0.1;
    private const double MostLift = 0.25;

    /// <summary>Words and pairs of them: a third of the baseline's time, and enough to be sure by.</summary>
    private static readonly LinearTrainingOptions Options = new()
    {
        Seed = 0,
        Epochs = 4,
        LearningRate = 0.15,
        Features = new TextFeatureOptions { HashBits = 16, WordNgrams = 2, LongestCharacterNgram = 0, MinimumDocuments = 2 },
    };

    /// <returns>Null where there is nothing to tell, or too little to learn from.</returns>
    public static Finding? Find(ArrangedTable arranged, RowSample sample, CancellationToken cancellation)
    {
        var source = arranged.Source;
        var rows = sample.Rows
            .Where(kept => source.Rows[kept.Row].Outcome == RowOutcome.Used)
            .Select(kept => (kept.Row, Text: TextOf(kept.Text), Label: source.Labels[source.Rows[kept.Row].Label]))
            .ToList();
        if (rows.Count < FewestRows)
        {
            return null;
        }

        var judged = new (string Label, double Own, string Best, double Confidence)[rows.Count];
        Parallel.For(0, 2, new ParallelOptions { CancellationToken = cancellation }, fold =>
        {
            LabelledText[] others = [.. rows.Where((_, i) => i % 2 != fold).Select(row => new LabelledText(row.Text, row.Label))];
            var model = LinearClassifier.Train(others, Options, ct: cancellation);
            for (int i = fold; i < rows.Count; i += 2)
            {
                judged[i] = Judge(model, rows[i].Text, rows[i].Label);
            }
        });

        Dictionary<string, double> usual = judged.GroupBy(j => j.Label).ToDictionary(g => g.Key, g => g.Average(j => j.Own));
        // A rare class is improbable for any text; a suspect is far less probable than that.
        Dictionary<string, double> share = judged.GroupBy(j => j.Label).ToDictionary(g => g.Key, g => (double)g.Count() / judged.Length);
        var suspects = Enumerable.Range(0, rows.Count)
            .Where(i => judged[i].Own <= Math.Min(MostOwnProbability, MostLift * share[judged[i].Label]) && judged[i].Confidence >= Math.Max(LeastConfidence, usual.GetValueOrDefault(judged[i].Best))
                && IsFar(arranged.Labels, judged[i].Label, judged[i].Best))
            .OrderByDescending(i => judged[i].Confidence)
            .ToList();
        return suspects.Count == 0 ? null : new Finding(
            "label-noise-suspects",
            FindingGrade.Advisable,
            suspects.Count,
            string.Create(
                CultureInfo.InvariantCulture,
                $"of {rows.Count} rows{(rows.Count < arranged.Counts.Train + arranged.Counts.Validation + arranged.Counts.Test ? " (a sample)" : "")} have a label that a linear model trained on other rows is sure to be another one"),
            "Read these lines; correct the labels that are wrong",
            [.. suspects.Take(FactCounts.Examples).Select(i => (long)source.Rows[rows[i].Row].Line)]);
    }

    private static (string Label, double Own, string Best, double Confidence) Judge(LinearClassifier model, string text, string label)
    {
        double[] probabilities = model.Probabilities(text);
        int best = Array.IndexOf(probabilities, probabilities.Max());
        int own = model.Labels.IndexOf(label);
        return (label, own < 0 ? 0 : probabilities[own], model.Labels[best], own < 0 ? 0 : probabilities[best]);
    }

    /// <summary>Neighbours on a scale are matters of taste; labels further apart are not.</summary>
    private static bool IsFar(LabelSet labels, string a, string b) =>
        a != b && (!labels.Ordered || Math.Abs(labels.IndexOf(a) - labels.IndexOf(b)) > 1);

    private static string TextOf(byte[] escaped) => JsonSerializer.Deserialize<string>([(byte)'"', .. escaped, (byte)'"'])!;
}
