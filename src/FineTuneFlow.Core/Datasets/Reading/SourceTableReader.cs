using System.Globalization;
using System.Runtime.InteropServices;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Reads a drop once: this thread finds records and takes the cleaned rows in the order of the file, others clean.</summary>
internal sealed class SourceTableReader(TableReader table, RowPlan plan, int threads, TextStore? texts, RowSample? sample = null)
{
    private const int MaxLabels = 10_000;
    private readonly Queue<(Task Task, Work Work)> running = [];
    private readonly Stack<Work> idle = [];
    private readonly Dictionary<string, int> labelIndex = [];
    private readonly List<string> labels = [];
    private readonly RowTable rows = new() { HasSplitKeys = plan.SplitColumn >= 0 };
    private readonly BandTable? bands = plan.Recipe.Duplicates.Near is { } near ? new BandTable(NearSignature.BandsFor(near.Threshold)) : null;
    private readonly List<LeftOutRow> leftOut = [];
    private readonly FactCounts facts = new();
    private long rowsRead;
    private int[] labelMap = new int[16];

    private sealed record Work(RecordBatch Records, RowCleaner Cleaner, CleanedBatch Cleaned);

    public SourceTable Read(IProgress<PreparationProgress>? progress, CancellationToken cancellation)
    {
        int inFlight = threads <= 1 ? 0 : threads + 1;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Work work = idle.Count > 0 ? idle.Pop() : new Work(new RecordBatch([]), new RowCleaner(plan), new CleanedBatch());
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
                running.Enqueue((Task.Run(() => work.Cleaner.Clean(work.Records, work.Cleaned), CancellationToken.None), work));
                if (running.Count >= inFlight)
                {
                    CollectFirst();
                }
            }

            progress?.Report(new PreparationProgress("reading", rowsRead, table.Source.BytesRead));
        }

        while (running.Count > 0)
        {
            CollectFirst();
        }

        return Result();
    }

    private SourceTable Result()
    {
        var (sha, bytes) = table.Source.Finish();
        return new SourceTable
        {
            Plan = plan,
            Rows = rows,
            Bands = bands,
            LeftOut = leftOut,
            Labels = labels,
            MergedLabels = plan.Recipe.Labels.Merge ? LabelSpellings.Merge(rows, labels) : [],
            Facts = facts,
            Reading = table.Profile() with { RowsWithNul = facts[TextFacts.Nul], ReadyMadeSplit = ReadyMadeSplit() },
            Source = new SourceFacts(
                table.Source.Name, sha, bytes, table.Format, SourceEncodings.NameOf(table.Source.Encoding), table.Delimiter),
            Columns = table.Columns,
            RowsRead = rowsRead,
            Texts = texts,
        };
    }

    private string? ReadyMadeSplit() => table.Columns.FirstOrDefault(column =>
        column != plan.Recipe.Split.Column && column != plan.Recognised.Label && !plan.Recognised.Text.Contains(column)
        && column.ToLowerInvariant() is "split" or "partition" or "fold" or "subset" or "dataset_split");

    private void CollectFirst()
    {
        var (task, work) = running.Dequeue();
        task.GetAwaiter().GetResult();
        Collect(work);
    }

    private void Collect(Work work)
    {
        CleanedBatch batch = work.Cleaned;
        rowsRead += batch.RowsRead;
        leftOut.AddRange(batch.LeftOut);
        foreach (var (fact, line) in batch.Facts)
        {
            facts.Add(fact, line);
        }

        for (int i = 0; bands is not null && i < batch.Bands.Count; i += bands.Bands)
        {
            bands.Add(CollectionsMarshal.AsSpan(batch.Bands).Slice(i, bands.Bands));
        }

        MapLabels(batch);
        long offset = texts?.Append(batch.Texts.AsSpan(0, batch.TextBytes)) ?? 0;
        int inBatch = 0;
        for (int i = 0; i < batch.RowCount; i++)
        {
            ref CleanedRow row = ref batch.Rows[i];
            sample?.Offer(row.Hash, rows.Count, batch.Texts.AsSpan(inBatch, row.TextLength));
            inBatch += row.TextLength + row.SliceLength;
            rows.Add(
                new Row
                {
                    Hash = row.Hash,
                    Offset = offset,
                    TextLength = row.TextLength,
                    SliceLength = (ushort)row.SliceLength,
                    Label = (ushort)labelMap[row.Label],
                    Characters = row.Characters,
                    Tokens = row.Tokens,
                    Script = row.Script,
                    Line = (uint)row.Line,
                },
                row.SplitKey);
            offset += row.TextLength + row.SliceLength;
        }

        idle.Push(work);
    }

    private void MapLabels(CleanedBatch batch)
    {
        if (labelMap.Length < batch.Labels.Count)
        {
            labelMap = new int[batch.Labels.Count * 2];
        }

        for (int i = 0; i < batch.Labels.Count; i++)
        {
            if (!labelIndex.TryGetValue(batch.Labels[i], out labelMap[i]))
            {
                labelMap[i] = labels.Count;
                labelIndex.Add(batch.Labels[i], labels.Count);
                labels.Add(batch.Labels[i]);
            }
        }

        if (labels.Count > MaxLabels)
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
