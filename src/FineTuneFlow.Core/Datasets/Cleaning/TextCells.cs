using System.Text;
using System.Text.Unicode;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Joins the text columns of a record; each thread has its own.</summary>
internal sealed class TextCells(RowPlan plan)
{
    /// <summary>A cell of a classified text is never this long: it is a file in a cell, or a quote that swallowed lines.</summary>
    public const int MaxCellBytes = 1 << 20;

    private byte[] _scratch = [];
    private byte[] _joined = new byte[4096];

    /// <param name="batch">The batch of the record.</param>
    /// <param name="record">The record.</param>
    /// <param name="target">Counts texts beyond ASCII, and keeps some of the cells that are not UTF-8.</param>
    /// <param name="text">UTF-8, valid until the next call.</param>
    /// <param name="detail">For rejects.csv, where the row cannot be used.</param>
    public RowOutcome Read(RecordBatch batch, in TableRecord record, CleanedBatch target, out ReadOnlySpan<byte> text, out string detail)
    {
        int length = 0;
        bool ascii = true;
        text = default;
        foreach (int column in plan.Text)
        {
            ReadOnlySpan<byte> cell = column >= record.Fields ? default : FieldValue.Of(batch, batch.Fields[record.FirstField + column], ref _scratch);
            if (cell.Length > MaxCellBytes)
            {
                detail = $"the cell in column {ColumnName(column)} holds {cell.Length:N0} bytes, more than {MaxCellBytes:N0}; is a quote never closed?";
                return RowOutcome.CellSize;
            }

            // Most cells are ASCII, which is told faster than whether they are UTF-8.
            if (!Ascii.IsValid(cell))
            {
                ascii = false;
                if (!Utf8.IsValid(cell))
                {
                    target.Undecoded.Add(cell);
                    Utf8.ToUtf16(cell, new char[cell.Length], out int read, out int characters, replaceInvalidSequences: false);
                    detail = $"byte 0x{cell[Math.Min(read, cell.Length - 1)]:X2} at character {characters + 1} of column {ColumnName(column)} is not UTF-8";
                    return RowOutcome.Encoding;
                }
            }

            cell = plan.TextEnding.Length > 0 && cell.EndsWith(plan.TextEnding) ? cell[..^plan.TextEnding.Length] : cell;
            cell = plan.Guarded ? SpreadsheetGuard.Undo(cell) : cell;
            if (plan.Text.Length == 1)
            {
                text = cell;
                break;
            }

            cell = cell.Trim(" \t\r\n"u8);
            if (cell.IsEmpty)
            {
                continue;
            }

            if (_joined.Length < length + cell.Length + plan.Join.Length)
            {
                Array.Resize(ref _joined, (length + cell.Length + plan.Join.Length) * 2);
            }

            if (length > 0)
            {
                plan.Join.CopyTo(_joined.AsSpan(length));
                length += plan.Join.Length;
            }

            cell.CopyTo(_joined.AsSpan(length));
            length += cell.Length;
        }

        target.BeyondAscii += ascii ? 0 : 1;
        text = plan.Text.Length == 1 ? text : _joined.AsSpan(0, length);
        detail = "";
        return RowOutcome.Used;
    }

    private string ColumnName(int column) => plan.Recognised.Text[plan.Text.IndexOf(column)];
}
