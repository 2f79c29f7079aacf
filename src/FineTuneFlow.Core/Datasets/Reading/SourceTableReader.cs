using System.Globalization;
using System.Runtime.InteropServices;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Reads a drop once: this thread finds records and takes the cleaned rows in the order of the file, others clean.</summary>
internal sealed class SourceTableReader(TableReader table, RowPlan plan, int threads, TextStore? texts, RowSample? sample = null)
{
    private const int MaxLabels = 10_000;
    private readonly Queue<(Task Task, Work Work)> _running = [];
    private readonly Stack<Work> _idle = [];
    private readonly Dictionary<string, int> _labelIndex = [];
    private readonly List<string> _labels = [];
    private readonly RowTable _rows = new() { HasSplitKeys = plan.SplitColumn >= 0 };
    private readonly BandTable? _bands = plan.Recipe.Duplicates.Near is { } near ? new BandTable(NearSignature.BandsFor(near.Threshold)) : null;
    private readonly List<LeftOutRow> _leftOut = [];
    private readonly FactCounts _facts = new();
    private readonly List<SwallowedRows> _swallowed = [];
    private readonly UndecodedCells _undecoded = new();
    private long _beyondAscii;
    private long _rowsRead;
    private long _shortRows;
    private int[] _labelMap = new int[16];

    private sealed record Work(RecordBatch Records, RowCleaner Cleaner, CleanedBatch Cleaned);

    public SourceTable Read(IProgress<PreparationProgress>? progress, CancellationToken cancellation)
    {
        var limits = new ReadingLimits(plan.Recipe.Limits, table.Source.Name);
        int inFlight = threads <= 1 ? 0 : threads + 1;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Work work = _idle.Count > 0 ? _idle.Pop() : new Work(new RecordBatch([]), new RowCleaner(plan), new CleanedBatch());
            if (!table.TryRead(work.Records))
            {
                break;
            }

            if (inFlight == 0)
            {
                work.Cleaner.Clean(work.Records, work.Cleaned);
                Collect(work);
            }
            else
            {
                _running.Enqueue((Task.Run(() => work.Cleaner.Clean(work.Records, work.Cleaned), CancellationToken.None), work));
                if (_running.Count >= inFlight)
                {
                    CollectFirst();
                }
            }

            limits.Check(_rowsRead, table.Source);
            progress?.Report(new PreparationProgress("reading", _rowsRead, table.Source.BytesRead));
        }

        while (_running.Count > 0)
        {
            CollectFirst();
        }

        // What was still being cleaned counts too.
        limits.Check(_rowsRead, table.Source);
        return Result();
    }

    private SourceTable Result()
    {
        var (sha, bytes) = table.Source.Finish();
        return new SourceTable
        {
            Plan = plan,
            Rows = _rows,
            Bands = _bands,
            LeftOut = _leftOut,
            Labels = _labels,
            Swallowed = _swallowed,
            Encoding = table.Source.Encoding,
            LateEncoding = LateEncoding(),
            MergedLabels = plan.Recipe.Labels.Merge ? LabelSpellings.Merge(_rows, _labels) : [],
            Facts = _facts,
            Reading = table.Profile() with { RowsWithNul = _facts[TextFacts.Nul], ShortRows = _shortRows, ReadyMadeSplit = ReadyMadeSplit() },
            Source = new SourceFacts(
                table.Source.Name, sha, bytes, table.Format, table.Source.Encoding.Name, table.Delimiter),
            Columns = table.Columns,
            RowsRead = _rowsRead,
            Texts = texts,
        };
    }

    /// <summary>The encoding is told from the head. Where what comes later is not UTF-8, and the file has not shown before that it is
    /// UTF-8 nor says so, all of it may be in another encoding.</summary>
    private SourceEncoding? LateEncoding()
    {
        bool open = table.Source.Encoding == SourceEncoding.Utf8 && plan.Recipe.Csv.Encoding is null && !table.Source.HasByteOrderMark && !table.Source.HeadIsAll;
        return open && SourceEncodings.IsOther(broken: _leftOut.LongCount(row => row.Outcome == RowOutcome.Encoding), good: _beyondAscii)
            ? EncodingGuess.Of(_undecoded.Bytes)
            : null;
    }

    private string? ReadyMadeSplit() => table.Columns.FirstOrDefault(column =>
        column != plan.Recipe.Split.Column && column != plan.Recognised.Label && !plan.Recognised.Text.Contains(column)
        && column.ToLowerInvariant() is "split" or "partition" or "fold" or "subset" or "dataset_split");

    private void CollectFirst()
    {
        var (task, work) = _running.Dequeue();
        task.GetAwaiter().GetResult();
        Collect(work);
    }

    private void Collect(Work work)
    {
        CleanedBatch batch = work.Cleaned;
        _rowsRead += batch.RowsRead;
        _shortRows += batch.ShortRows;
        _beyondAscii += batch.BeyondAscii;
        _undecoded.Add(batch.Undecoded);
        _swallowed.AddRange(batch.Swallowed);
        _leftOut.AddRange(batch.LeftOut);
        foreach (var (fact, line) in batch.Facts)
        {
            _facts.Add(fact, line);
        }

        for (int i = 0; _bands is not null && i < batch.Bands.Count; i += _bands.Bands)
        {
            _bands.Add(CollectionsMarshal.AsSpan(batch.Bands).Slice(i, _bands.Bands));
        }

        MapLabels(batch);
        long offset = texts?.Append(batch.Texts.AsSpan(0, batch.TextBytes)) ?? 0;
        int inBatch = 0;
        for (int i = 0; i < batch.RowCount; i++)
        {
            ref CleanedRow row = ref batch.Rows[i];
            sample?.Offer(row.Hash, _rows.Count, batch.Texts.AsSpan(inBatch, row.TextLength));
            inBatch += row.TextLength + row.SliceLength;
            _rows.Add(
                new Row
                {
                    Hash = row.Hash,
                    Offset = offset,
                    TextLength = row.TextLength,
                    SliceLength = (ushort)row.SliceLength,
                    Label = (ushort)_labelMap[row.Label],
                    Characters = row.Characters,
                    Tokens = row.Tokens,
                    Script = row.Script,
                    Line = (uint)row.Line,
                },
                row.SplitKey);
            offset += row.TextLength + row.SliceLength;
        }

        _idle.Push(work);
    }

    private void MapLabels(CleanedBatch batch)
    {
        if (_labelMap.Length < batch.Labels.Count)
        {
            _labelMap = new int[batch.Labels.Count * 2];
        }

        for (int i = 0; i < batch.Labels.Count; i++)
        {
            if (!_labelIndex.TryGetValue(batch.Labels[i], out _labelMap[i]))
            {
                _labelMap[i] = _labels.Count;
                _labelIndex.Add(batch.Labels[i], _labels.Count);
                _labels.Add(batch.Labels[i]);
            }
        }

        if (_labels.Count > MaxLabels)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                string.Create(CultureInfo.InvariantCulture, $"the label column \"{plan.Recognised.Label}\" has more than {MaxLabels} different values"),
                "Name the column that holds the class in the recipe (dataset.label), or map the values (dataset.labels.map)",
                new SourceLocation(table.Source.Name, Column: plan.Recognised.Label),
                Field: "dataset.label"));
        }
    }
}
