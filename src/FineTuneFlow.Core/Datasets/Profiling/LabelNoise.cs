using System.Globalization;
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
    public static Finding? Find(ArrangedTable arranged, RowSample sample, int threads, CancellationToken cancellation)
    {
        var source = arranged.Source;
        var rows = sample.Rows
            .Where(drawn => source.Rows[drawn.Row].Outcome == RowOutcome.Used)
            .Select(drawn => new Judged(drawn.Row, JsonText.Unescape(drawn.Text), source.Labels[source.Rows[drawn.Row].Label]))
            .ToList();
        if (rows.Count < FewestRows)
        {
            return null;
        }

        List<Judged> suspects = Suspects(rows, arranged.Labels, threads, cancellation);
        return suspects.Count == 0 ? null : new Finding(
            "label-noise-suspects",
            FindingGrade.Advisable,
            suspects.Count,
            string.Create(
                CultureInfo.InvariantCulture,
                $"of {rows.Count} rows{(rows.Count < arranged.Counts.Train + arranged.Counts.Validation + arranged.Counts.Test ? " (a sample)" : "")} have a label that a linear model trained on other rows is sure to be another one"),
            "Read these lines; correct the labels that are wrong",
            [.. suspects.Take(FactCounts.Examples).Select(suspect => (long)source.Rows[suspect.Row].Line)]);
    }

    /// <summary>The same of prepared rows: each row whose label is contradicted, by its place, the surest first; none where there is too little
    /// to learn from.</summary>
    public static IEnumerable<(int Row, string Suggested, double Confidence)> Find(IReadOnlyList<DatasetRow> rows, LabelSet labels, int threads, CancellationToken cancellation) =>
        rows.Count < FewestRows
            ? []
            : Suspects([.. rows.Select((row, place) => new Judged(place, row.Text, row.Label))], labels, threads, cancellation)
                .Select(suspect => (suspect.Row, suspect.Best, suspect.Confidence));

    private static List<Judged> Suspects(List<Judged> rows, LabelSet labels, int threads, CancellationToken cancellation)
    {
        var folds = new JobQueue();
        folds.Add(() => JudgeFold(rows, 0, cancellation));
        folds.Add(() => JudgeFold(rows, 1, cancellation));
        folds.Run(Math.Min(threads, 2));
        return Contradicted(rows, labels);
    }

    /// <summary>Every second row by a model of the others.</summary>
    private static void JudgeFold(List<Judged> rows, int fold, CancellationToken cancellation)
    {
        var others = new List<LabelledText>(rows.Count);
        for (int i = 1 - fold; i < rows.Count; i += 2)
        {
            others.Add(new LabelledText(rows[i].Text, rows[i].Label));
        }

        var model = LinearClassifier.Train(others, Options, ct: cancellation);
        for (int i = fold; i < rows.Count; i += 2)
        {
            rows[i].Judge(model);
        }
    }

    /// <summary>The surest first.</summary>
    private static List<Judged> Contradicted(List<Judged> rows, LabelSet labels)
    {
        double[] usual = new double[labels.Names.Length];
        int[] counts = new int[labels.Names.Length];
        foreach (Judged row in rows)
        {
            usual[labels.IndexOf(row.Label)] += row.Own;
            counts[labels.IndexOf(row.Label)]++;
        }

        var suspects = new List<Judged>();
        foreach (Judged row in rows)
        {
            int own = labels.IndexOf(row.Label);
            int best = labels.IndexOf(row.Best);
            // A rare class is improbable for any text; a suspect is far less probable than that.
            double mostOwn = Math.Min(MostOwnProbability, MostLift * counts[own] / rows.Count);
            double leastBest = Math.Max(LeastConfidence, counts[best] == 0 ? 0 : usual[best] / counts[best]);
            if (row.Own <= mostOwn && row.Confidence >= leastBest && IsFar(labels, row.Label, row.Best))
            {
                suspects.Add(row);
            }
        }

        return [.. suspects.OrderByDescending(row => row.Confidence)];
    }

    /// <summary>A row with what a model says that has not seen it.</summary>
    private sealed class Judged(int row, string text, string label)
    {
        public int Row => row;
        public string Text => text;
        public string Label => label;
        /// <summary>Probability of its own label; 0 where the model knows no such label.</summary>
        public double Own { get; private set; }
        public string Best { get; private set; } = "";
        /// <summary>Probability of <see cref="Best"/>.</summary>
        public double Confidence { get; private set; }

        public void Judge(LinearClassifier model)
        {
            double[] probabilities = model.Probabilities(text);
            int best = 0;
            for (int i = 1; i < probabilities.Length; i++)
            {
                best = probabilities[i] > probabilities[best] ? i : best;
            }

            int own = model.Labels.IndexOf(label);
            Best = model.Labels[best];
            (Own, Confidence) = own < 0 ? (0, 0) : (probabilities[own], probabilities[best]);
        }
    }

    /// <summary>Neighbours on a scale are matters of taste; labels further apart are not.</summary>
    private static bool IsFar(LabelSet labels, string a, string b) =>
        a != b && (!labels.Ordered || Math.Abs(labels.IndexOf(a) - labels.IndexOf(b)) > 1);
}
