using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Everything that one reading of the drop gives.</summary>
internal sealed class SourceTable
{
    public required RowPlan Plan { get; init; }
    public required RowTable Rows { get; init; }
    /// <summary>Null where near-duplicates are not looked for.</summary>
    public required BandTable? Bands { get; init; }
    public required List<LeftOutRow> LeftOut { get; init; }

    /// <summary>The rows left out for one reason, in the order of the file.</summary>
    public List<LeftOutRow> LeftOutBy(RowOutcome outcome)
    {
        var rows = new List<LeftOutRow>();
        foreach (LeftOutRow row in LeftOut)
        {
            if (row.Outcome == outcome)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    public required List<string> Labels { get; init; }
    /// <summary>Records whose lines look like rows of their own, for a person to decide.</summary>
    public List<SwallowedRows> Swallowed { get; init; } = [];
    public required SourceEncoding Encoding { get; init; }
    /// <summary>What the rows that are not UTF-8 are by their letters, in a file whose first megabyte did not show its encoding; null: no
    /// such rows, or the file is UTF-8 with some damaged rows.</summary>
    public SourceEncoding? LateEncoding { get; init; }
    public ImmutableArray<MergedLabel> MergedLabels { get; init; } = [];
    public required FactCounts Facts { get; init; }
    public required ReadingProfile Reading { get; init; }
    public required SourceFacts Source { get; init; }
    public required ImmutableArray<string> Columns { get; init; }
    public required long RowsRead { get; init; }
    /// <summary>Null where only a profile is wanted.</summary>
    public required TextStore? Texts { get; init; }
}
