using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings about how labels are written: several spellings, missing ones, several in a cell.</summary>
internal static class LabelFindings
{
    private const int MostShown = 5;

    public static IEnumerable<Finding> Of(SourceTable source)
    {
        if (!source.MergedLabels.IsEmpty)
        {
            string examples = string.Join("; ", source.MergedLabels.Take(MostShown).Select(m =>
                string.Create(CultureInfo.InvariantCulture, $"{Counted(m.Kept)} has {string.Join(", ", m.Others.Take(MostShown).Select(Counted))}")));
            yield return new Finding(
                "merged-labels",
                FindingGrade.Advisable,
                source.MergedLabels.Sum(m => m.Others.Sum(o => o.Count)),
                $"rows spell their label otherwise than most rows of its class and were counted with them: {examples}",
                "Nothing where these are the same labels; dataset.labels.merge: false keeps spellings apart",
                []);
        }

        List<LeftOutRow> missing = source.LeftOutBy(RowOutcome.EmptyLabel);
        if (missing.Count > 0)
        {
            string kinds = string.Join(", ", missing.GroupBy(row => row.Detail).OrderByDescending(group => group.Count()).Take(MostShown)
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} ({group.Count()})")));
            yield return new Finding(
                "missing-labels",
                FindingGrade.Advisable,
                missing.Count,
                $"rows have no label and were left out: {kinds}",
                "Label them; where such a word is a class of its own, leave it out of dataset.labels.missing",
                [.. missing.Take(FactCounts.Examples).Select(row => row.Line)]);
        }
    }

    /// <summary>Rows with more than one label: a classifier here gives one, so somebody must say which.</summary>
    public static IEnumerable<Finding> Questions(SourceTable source)
    {
        if (source.Plan.Recipe.Labels.Several != Recipes.SeveralLabels.Refuse)
        {
            yield break;
        }

        List<LeftOutRow> lists = source.LeftOutBy(RowOutcome.SeveralLabels);
        var (joined, example) = JoinedLabels.Find(source.Labels, RareClasses.Counts(source.Rows, source.Labels.Count));
        if (lists.Count + joined == 0)
        {
            yield break;
        }

        string shown = lists.Count > 0 ? lists[0].Detail : $"\"{example}\"";
        yield return new Finding(
            "several-labels",
            FindingGrade.Necessary,
            lists.Count + joined,
            $"rows have several labels in the column \"{source.Plan.Recognised.Label}\" ({shown}), but a text is trained and judged with one",
            "Set dataset.labels.several to first (take the first label), reject (leave such rows out) or combine (each combination is a class), or give each text one label",
            [.. lists.Take(FactCounts.Examples).Select(row => row.Line)])
        {
            AnsweredBy = "dataset.labels.several",
        };
    }

    private static string Counted(NamedCount label) => string.Create(CultureInfo.InvariantCulture, $"\"{label.Name}\" ({label.Count})");
}
