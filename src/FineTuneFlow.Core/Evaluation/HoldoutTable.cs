using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The holdout in one canonical order (by id), with its labels as numbers. Every sum over rows runs in this order, so
/// neither the order of completion nor that of the file can change a digit.</summary>
internal sealed class HoldoutTable
{
    private readonly Dictionary<string, int> _placeOf;

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
        Rows = InOrder(holdout);
        Truth = new int[Rows.Length];
        _placeOf = new Dictionary<string, int>(Rows.Length, StringComparer.Ordinal);
        for (int i = 0; i < Rows.Length; i++)
        {
            if (!labelAt.TryGetValue(Rows[i].Label, out Truth[i]))
            {
                throw new FlowException(
                    FailureKind.InvalidInput,
                    $"Row {Rows[i].Id} of the holdout has the label \"{Rows[i].Label}\", which is none of the {labels.Names.Length} labels.",
                    "Name every label of the holdout.");
            }

            if (!_placeOf.TryAdd(Rows[i].Id, i))
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

    // Ordinal order by id. Comparing a million strings takes longer than scoring them, so their first four characters are
    // compared as one number and the strings only where these are equal.
    private static DatasetRow[] InOrder(IReadOnlyList<DatasetRow> holdout)
    {
        DatasetRow[] rows = [.. holdout];
        var heads = new ulong[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            string id = rows[i].Id;
            for (int c = 0; c < 4; c++)
            {
                heads[i] = (heads[i] << 16) | (c < id.Length ? id[c] : '\0');
            }
        }

        Array.Sort(heads, rows);
        for (int start = 0; start < rows.Length;)
        {
            int end = start + 1;
            while (end < rows.Length && heads[end] == heads[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                rows.AsSpan(start, end - start).Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
            }

            start = end;
        }

        return rows;
    }

    /// <summary>Place of a row, or -1.</summary>
    public int PlaceOf(string id) => _placeOf.TryGetValue(id, out int place) ? place : -1;
}
