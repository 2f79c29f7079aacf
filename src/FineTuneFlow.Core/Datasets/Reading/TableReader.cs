using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Reads a drop as a table, a batch of records at a time.</summary>
internal abstract class TableReader(SourceReader source) : IDisposable
{
    /// <summary>A record beyond this is a quote that was never closed, not data.</summary>
    public const int MaxRecordBytes = 64 << 20;
    protected const int BatchBytes = 1 << 19;
    private bool _firstGiven;

    public SourceReader Source { get; } = source;
    public ImmutableArray<string> Columns { get; protected set; } = [];
    public abstract string Format { get; }
    public virtual string? Delimiter => null;

    /// <summary>Names that the header has more than once.</summary>
    public ImmutableArray<string> DoubledNames { get; protected set; } = [];

    /// <summary>How a CSV file separates and escapes; null for JSON lines.</summary>
    public virtual CsvDialect? Dialect => null;

    /// <summary>The first records, still to be read as well: what columns are recognised from.</summary>
    public RecordBatch FirstBatch { get; } = new(new byte[BatchBytes]);

    /// <summary>Whether <see cref="FirstBatch"/> holds all records.</summary>
    public bool FirstIsAll => Source.HeadIsAll && Source.HeadLength < BatchBytes;

    /// <summary>Fills the batch with the next records.</summary>
    /// <returns>False at the end, with no record in the batch.</returns>
    public bool TryRead(RecordBatch batch)
    {
        if (_firstGiven)
        {
            return Fill(batch);
        }

        // The caller keeps its own batches, so the first one's content moves into the one given.
        _firstGiven = true;
        (batch.Buffer, batch.Fields, batch.Records) = (FirstBatch.Buffer, FirstBatch.Fields, FirstBatch.Records);
        (batch.FieldCount, batch.RecordCount) = (FirstBatch.FieldCount, FirstBatch.RecordCount);
        return true;
    }

    public abstract ReadingProfile Profile();

    /// <inheritdoc cref="TryRead"/>
    protected abstract bool Fill(RecordBatch batch);

    public void Dispose() => Source.Dispose();

    public static TableReader Open(string name, Func<Stream> open, CsvRecipe recipe, int fewestColumns = 2)
    {
        var source = new SourceReader(name, open, recipe);
        try
        {
            if (source.Head.IndexOfAnyExcept(" \t\r\n\0"u8) < 0)
            {
                throw Empty(name);
            }

            if (ForeignFormat.Of(source.Head) is { } foreign)
            {
                throw new FlowException(new Failure(
                    FailureKind.InvalidInput, $"this is not a CSV but {foreign.What}", foreign.Remedy, new SourceLocation(name)));
            }

            return source.IsJsonLines ? new JsonTableReader(source, fewestColumns) : new CsvTableReader(source, recipe, fewestColumns);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    protected static FlowException Empty(string name) => new(new Failure(
        FailureKind.InvalidInput,
        "the file is empty",
        "Drop a CSV with a header line and at least ten labelled texts",
        new SourceLocation(name)));
}
