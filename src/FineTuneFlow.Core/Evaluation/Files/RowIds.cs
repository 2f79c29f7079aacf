using System.Globalization;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Joins the ids of predictions with those of the holdout. Other tools write the id 7 as 7.0 or 07.</summary>
public static class RowIds
{
    /// <summary>The predictions with ids as the holdout writes them, where it is certain which are meant: all ids of both files are
    /// numbers, and no two of a file have the same value.</summary>
    /// <exception cref="FlowException">Fewer than half of the ids occur in both files: they are ids of different things.</exception>
    public static IReadOnlyList<Prediction> Align(IReadOnlyList<DatasetRow> holdout, IReadOnlyList<Prediction> predictions, string file)
    {
        var known = holdout.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        if (predictions.All(prediction => known.Contains(prediction.Id)))
        {
            return predictions;
        }

        if (ByValue(known) is { } names && ByValue(predictions.Select(prediction => prediction.Id).ToHashSet(StringComparer.Ordinal)) is not null)
        {
            predictions = [.. predictions.Select(prediction => prediction with { Id = names.GetValueOrDefault(LabelIdentity.Number(prediction.Id)!.Value, prediction.Id) })];
        }

        var said = predictions.Select(prediction => prediction.Id).ToHashSet(StringComparer.Ordinal);
        int common = said.Count(known.Contains);
        if (common * 2 < Math.Min(said.Count, known.Count))
        {
            string stranger = predictions.First(prediction => !known.Contains(prediction.Id)).Id;
            string missed = known.First(id => !said.Contains(id));
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"only {common} of {said.Count} ids of the predictions occur in the holdout, which has {known.Count}: the predictions have \"{Shown(stranger)}\", the holdout has \"{Shown(missed)}\""),
                "Give each prediction the id of its row in the holdout file",
                new SourceLocation(file, Column: "id")));
        }

        return predictions;
    }

    /// <summary>The ids by their value; null where one is not a number or two have the same value.</summary>
    private static Dictionary<decimal, string>? ByValue(HashSet<string> ids)
    {
        var names = new Dictionary<decimal, string>(ids.Count);
        foreach (string id in ids)
        {
            if (LabelIdentity.Number(id) is not { } value || !names.TryAdd(value, id))
            {
                return null;
            }
        }

        return names;
    }

    private static string Shown(string id) => id.Length <= 40 ? id : id[..40] + "…";
}
