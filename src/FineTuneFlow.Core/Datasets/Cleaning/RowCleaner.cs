using System.IO.Hashing;
using System.Text;
using System.Text.Unicode;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Turns records into cleaned rows; each thread has its own.</summary>
internal sealed class RowCleaner(RowPlan plan)
{
    private readonly TextCleaner _cleaner = new(plan.Recipe.Cleaning);
    private readonly TextIdentity _identity = new();
    private readonly TextCells _text = new(plan);
    private readonly LabelReader _labels = new(plan.Recipe.Labels);
    private readonly SplitValueReader _splitValues = new(plan.Recipe.Split);
    private readonly Dictionary<ulong, int> _batchLabels = [];
    private readonly NearSignature? _near = plan.Recipe.Duplicates.Near is { } asked ? new NearSignature(asked.Threshold, asked.Shingle) : null;
    private byte[] _scratch = [];

    public void Clean(RecordBatch batch, CleanedBatch target)
    {
        target.Clear();
        _batchLabels.Clear();
        for (int i = 0; i < batch.RecordCount; i++)
        {
            TableRecord record = batch.Records[i];
            target.RowsRead++;
            RowOutcome outcome = CleanRow(batch, record, target, out string detail);
            if (outcome != RowOutcome.Used)
            {
                target.LeftOut.Add(new LeftOutRow(record.Line, outcome, detail));
            }
        }
    }

    private RowOutcome CleanRow(RecordBatch batch, in TableRecord record, CleanedBatch target, out string detail)
    {
        detail = "";
        if (record.Problem is { } problem)
        {
            detail = problem;
            return RowOutcome.NotJson;
        }

        if (record.LineBreaks && plan.Dialect is { } dialect && SwallowedRows.Look(batch, record, dialect, plan) is { } swallowed)
        {
            target.Swallowed.Add(swallowed);
        }

        if (record.Fields < plan.ColumnCount && record.Fields >= plan.NeededCells)
        {
            target.ShortRows++;
        }
        else if (record.Fields != plan.ColumnCount && !OnlyEmptyCellsMore(batch, record))
        {
            detail = $"{record.Fields} cells where the header has {plan.ColumnCount}";
            return RowOutcome.CellCount;
        }

        if (!PassesFilters(batch, record))
        {
            return RowOutcome.Filtered;
        }

        int label = Label(batch, record, target, out RowOutcome outcome, out detail);
        if (outcome != RowOutcome.Used)
        {
            return outcome;
        }

        long splitKey = 0;
        if (plan.SplitColumn >= 0 && !_splitValues.TryRead(Value(batch, record, plan.SplitColumn), out splitKey))
        {
            detail = _splitValues.Expectation(plan.Recipe.Split.Column!);
            return RowOutcome.SplitValue;
        }

        outcome = _text.Read(batch, record, target, out ReadOnlySpan<byte> raw, out detail);
        if (outcome != RowOutcome.Used)
        {
            return outcome;
        }

        ReadOnlySpan<byte> text = _cleaner.Clean(raw);
        TextFacts facts = _cleaner.Facts;
        outcome = Judge(text, out detail);
        if (outcome == RowOutcome.Used)
        {
            facts |= PersonalData.Find(text);
            Keep(batch, record, target, text, label, splitKey);
        }

        if (facts != TextFacts.None)
        {
            target.Facts.Add((facts, record.Line));
        }

        return outcome;
    }

    private RowOutcome Judge(ReadOnlySpan<byte> text, out string detail)
    {
        CleaningRecipe recipe = plan.Recipe.Cleaning;
        detail = "";
        if (text.IsEmpty)
        {
            detail = $"no text in {string.Join(", ", plan.Recognised.Text)}";
            return RowOutcome.EmptyText;
        }

        if (_cleaner.Characters < recipe.MinCharacters)
        {
            detail = $"{_cleaner.Characters} characters, fewer than {recipe.MinCharacters}";
            return RowOutcome.TooShort;
        }

        if ((_cleaner.Facts & TextFacts.TooLong) != 0)
        {
            detail = $"{_cleaner.Characters} characters, about {_cleaner.Tokens} tokens";
            return RowOutcome.TooLong;
        }

        if ((_cleaner.Facts & TextFacts.SpecialToken) != 0 && recipe.SpecialTokens == SpecialTokens.Reject)
        {
            detail = "the text holds a special token such as <|endoftext|>";
            return RowOutcome.SpecialToken;
        }

        return RowOutcome.Used;
    }

    private void Keep(RecordBatch batch, in TableRecord record, CleanedBatch target, ReadOnlySpan<byte> text, int label, long splitKey)
    {
        int length = JsonText.Escape(text, target.Room(JsonText.MaxLength(text.Length)));
        TextHash hash = _identity.Hash(text);
        if (_near is not null)
        {
            Span<ulong> bands = stackalloc ulong[_near.Bands];
            _near.Compute(_identity.Normalise(text), bands);
            target.Bands.AddRange(bands);
        }

        target.TextBytes += length;
        int slices = plan.Slices.IsEmpty ? 0 : WriteSlices(batch, record, target);
        target.Add(new CleanedRow(
            hash, record.Line, length, slices, label, _cleaner.Characters, _cleaner.Tokens, _cleaner.Script, splitKey));
    }

    /// <summary><c>,"slices":{"column":"value"}</c> with cleaned values; empty ones are left out.</summary>
    private int WriteSlices(RecordBatch batch, in TableRecord record, CleanedBatch target)
    {
        int start = target.TextBytes;
        bool first = true;
        for (int i = 0; i < plan.Slices.Length; i++)
        {
            ReadOnlySpan<byte> raw = Value(batch, record, plan.Slices[i]);
            string value = LabelReader.Tidy(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 1024)]));
            if (value.Length == 0)
            {
                continue;
            }

            target.Append(first ? ",\"slices\":{\""u8 : ",\""u8);
            target.Append(JsonText.Escape(plan.Recipe.Slices[i]));
            target.Append("\":\""u8);
            target.Append(JsonText.Escape(value));
            target.Append("\""u8);
            first = false;
        }

        if (!first)
        {
            target.Append("}"u8);
        }

        return target.TextBytes - start;
    }

    private ReadOnlySpan<byte> Value(RecordBatch batch, in TableRecord record, int column) =>
        column >= record.Fields ? default : FieldValue.Of(batch, batch.Fields[record.FirstField + column], ref _scratch);

    private bool OnlyEmptyCellsMore(RecordBatch batch, in TableRecord record)
    {
        if (record.Fields < plan.ColumnCount)
        {
            return false;
        }

        for (int i = plan.ColumnCount; i < record.Fields; i++)
        {
            if (batch.Fields[record.FirstField + i].Length > 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool PassesFilters(RecordBatch batch, in TableRecord record)
    {
        foreach (RowPlan.Filter filter in plan.Filters)
        {
            if (!filter.Passes(Value(batch, record, filter.Column).Trim((byte)' ')))
            {
                return false;
            }
        }

        return true;
    }

    private int Label(RecordBatch batch, in TableRecord record, CleanedBatch target, out RowOutcome outcome, out string detail)
    {
        ReadOnlySpan<byte> raw = Value(batch, record, plan.Label);
        raw = plan.LabelEnding.Length > 0 && raw.EndsWith(plan.LabelEnding) ? raw[..^plan.LabelEnding.Length] : raw;
        raw = plan.Guarded ? SpreadsheetGuard.Undo(raw) : raw;
        detail = "";
        ulong key = XxHash3.HashToUInt64(raw);
        if (!_batchLabels.TryGetValue(key, out int label))
        {
            if (!Utf8.IsValid(raw))
            {
                target.Undecoded.Add(raw);
                detail = $"the label in column {plan.Recognised.Label} is not UTF-8";
                outcome = RowOutcome.Encoding;
                return -1;
            }

            outcome = _labels.Read(raw, out string name, out detail);
            if (outcome != RowOutcome.Used)
            {
                return -1;
            }

            label = target.Labels.IndexOf(name);
            if (label < 0)
            {
                label = target.Labels.Count;
                target.Labels.Add(name);
            }

            _batchLabels.Add(key, label);
        }

        outcome = RowOutcome.Used;
        return label;
    }
}
