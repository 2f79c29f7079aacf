using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary><c>dataset/profile.json</c>: what the data looks like after cleaning, and what was found in it.</summary>
public sealed record DatasetProfile
{
    public required RecognisedColumns Columns { get; init; }
    public required LabelSet Labels { get; init; }
    /// <summary>How the order and the good labels came about.</summary>
    public required string LabelsReason { get; init; }
    public required RowCounts Rows { get; init; }
    public required ImmutableArray<SplitProfile> Splits { get; init; }
    /// <summary>Rows by main script of the text, most frequent first.</summary>
    public required ImmutableArray<NamedCount> Scripts { get; init; }
    public required DuplicateProfile Duplicates { get; init; }
    /// <summary>Tokens of the texts of all used rows.</summary>
    public required TokenRange Tokens { get; init; }
    /// <summary>The longest texts, at most twenty, the longest first.</summary>
    public ImmutableArray<LongText> LongTexts { get; init; } = [];
    public required ReadingProfile Reading { get; init; }
    /// <summary>Reasons of rejected rows with their counts, most frequent first.</summary>
    public required ImmutableArray<NamedCount> RejectReasons { get; init; }
    public required ImmutableArray<Finding> Findings { get; init; }
}

/// <summary>One split as written, balanced where the recipe balances.</summary>
public sealed record SplitProfile(Split Split, long Rows, ImmutableArray<NamedCount> Classes, LengthProfile Characters, TokenRange Tokens);

public sealed record NamedCount(string Name, long Count)
{
    /// <summary>The counts above 0, most frequent first, equal ones by their index.</summary>
    internal static ImmutableArray<NamedCount> MostFirst(long[] counts, Func<int, string> nameOf)
    {
        int[] order = new int[counts.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => counts[a] == counts[b] ? a - b : counts[b].CompareTo(counts[a]));
        var named = ImmutableArray.CreateBuilder<NamedCount>();
        for (int i = 0; i < order.Length && counts[order[i]] > 0; i++)
        {
            named.Add(new NamedCount(nameOf(order[i]), counts[order[i]]));
        }

        return named.ToImmutable();
    }
}

/// <param name="Line">Physical line in the file.</param>
/// <param name="Tokens">Estimated tokens of the text alone.</param>
public sealed record LongText(long Line, long Tokens);

/// <summary>Lengths in Unicode characters of cleaned texts; percentiles by nearest rank.</summary>
public sealed record LengthProfile(long Minimum, long Median, long P95, long Maximum, double Mean);

/// <summary>Tokens of texts alone, estimated by <see cref="Costs.TokenRates"/> from characters by script: a range, not a count.</summary>
public sealed record TokenRange(long Low, long Likely, long High)
{
    public static TokenRange operator +(TokenRange a, TokenRange b) => new(a.Low + b.Low, a.Likely + b.Likely, a.High + b.High);
}

/// <param name="Rows">Rows left out because text and label occurred before.</param>
/// <param name="ConflictTexts">Texts that occur with more than one label.</param>
/// <param name="ConflictRows">Rows left out by the conflict policy.</param>
/// <param name="NearGroups">Groups of near-duplicates kept together; 0 where not looked for.</param>
/// <param name="NearRows">Rows in those groups.</param>
/// <param name="Conflicts">Examples, at most twenty.</param>
public sealed record DuplicateProfile(
    long Rows, long ConflictTexts, long ConflictRows, long NearGroups, long NearRows, ImmutableArray<ConflictExample> Conflicts);

/// <param name="Id">Row id of the text.</param>
/// <param name="Labels">The labels with their votes.</param>
/// <param name="Kept">The label kept; null where the policy keeps none or all.</param>
/// <param name="Lines">Lines of the first rows, at most ten.</param>
public sealed record ConflictExample(string Id, ImmutableArray<NamedCount> Labels, string? Kept, ImmutableArray<long> Lines);

/// <summary>What reading met; all counts are of the drop as it came.</summary>
public sealed record ReadingProfile
{
    public long BlankLines { get; init; }
    public long LinesCrLf { get; init; }
    public long LinesLf { get; init; }
    public long LinesCr { get; init; }
    public long QuotesInUnquotedCells { get; init; }
    public long TextAfterClosingQuote { get; init; }
    public bool BackslashEscapedQuotes { get; init; }
    /// <summary>Cells are quoted by ' instead of ".</summary>
    public bool SingleQuotes { get; init; }
    /// <summary>Titles and remarks above the header, which are not read, and a line such as <c>sep=;</c>.</summary>
    public int RecordsAboveHeader { get; init; }
    /// <summary>Rows that end before the last columns, whose cells count as empty.</summary>
    public long ShortRows { get; init; }
    /// <summary>The name given to a first column for which the header has none.</summary>
    public string? IndexColumn { get; init; }
    /// <summary>A delimiter that splits the records as evenly as the one taken.</summary>
    public string? RivalDelimiter { get; init; }
    public long RowsWithNul { get; init; }
    public bool ByteOrderMark { get; init; }
    public bool Compressed { get; init; }
    /// <summary>A column that looks like a ready-made split and is not used.</summary>
    public string? ReadyMadeSplit { get; init; }
}
