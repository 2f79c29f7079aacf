using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The holdout in one canonical order (by id), with its labels as numbers. Every sum over rows runs in this order, so
/// neither the order of completion nor that of the file can change a digit.</summary>
internal sealed class HoldoutTable
{
    private readonly Dictionary<string, int> placeOf;

    public HoldoutTable(LabelSet labels, IReadOnlyList<DatasetRow> holdout)
    {
        if (holdout.Count == 0)
        {
            throw new FlowException(
                FailureKind.InvalidInput, "The holdout has no rows, so nothing can be scored.", "Raise dataset.split.test or drop more rows.");
        }

        Scale = new LabelScale(labels);
        var labelAt = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < labels.Names.Length; i++)
        {
            labelAt[labels.Names[i]] = i;
        }

        LabelAt = labelAt;
        Rows = [.. holdout];
        Array.Sort([.. holdout.Select(row => row.Id)], Rows, StringComparer.Ordinal);
        Truth = new int[Rows.Length];
        placeOf = new Dictionary<string, int>(Rows.Length, StringComparer.Ordinal);
        for (int i = 0; i < Rows.Length; i++)
        {
            if (!labelAt.TryGetValue(Rows[i].Label, out Truth[i]))
            {
                throw new FlowException(
                    FailureKind.InvalidInput,
                    $"Row {Rows[i].Id} of the holdout has the label \"{Rows[i].Label}\", which is none of the {labels.Names.Length} labels.",
                    "Name every label of the holdout.");
            }

            if (!placeOf.TryAdd(Rows[i].Id, i))
            {
                throw new FlowException(
                    FailureKind.InvalidInput, $"The holdout has two rows with the id {Rows[i].Id}.", "Give every row an id of its own.");
            }
        }
    }

    public LabelScale Scale { get; }

    public IReadOnlyDictionary<string, int> LabelAt { get; }

    public DatasetRow[] Rows { get; }

    /// <summary>Index of each row's label.</summary>
    public int[] Truth { get; }

    /// <summary>Place of a row, or -1.</summary>
    public int PlaceOf(string id) => placeOf.TryGetValue(id, out int place) ? place : -1;
}
