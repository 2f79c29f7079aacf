namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Why a row is in no split; the name in rejects.csv.</summary>
internal enum RowOutcome : byte
{
    Used,
    Filtered,
    CellCount,
    NotJson,
    Encoding,
    CellSize,
    EmptyText,
    EmptyLabel,
    UnknownLabel,
    SeveralLabels,
    TooShort,
    TooLong,
    SpecialToken,
    SplitValue,
    RareClass,
    Duplicate,
    Conflict,
    Balance,
}

internal static class RowOutcomes
{
    public const int Count = 18;

    private static readonly string[] Names =
    [
        "used", "filtered", "cell-count", "not-json", "encoding", "cell-size", "empty-text", "empty-label", "unknown-label", "several-labels", "too-short",
        "too-long", "special-token", "split-value", "rare-class", "duplicate", "conflict", "balance",
    ];

    public static string NameOf(RowOutcome outcome) => Names[(int)outcome];

    public static bool IsReject(RowOutcome outcome) => outcome is > RowOutcome.Filtered and < RowOutcome.Duplicate;
}
