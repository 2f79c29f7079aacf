using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>A record over several lines, nearly each of which would be a row by itself: a text that begins with a quote makes one cell
/// of everything up to the next quote, and nothing but the look of these lines tells.</summary>
/// <param name="Line">The record's first physical line.</param>
/// <param name="Lines">Lines that look like rows.</param>
/// <param name="Labels">What stands in them where rows have their label.</param>
internal sealed record SwallowedRows(long Line, int Lines, string[] Labels)
{
    private const double Nearly = 0.8;
    private const int MostLabels = 200;

    /// <returns>Null where the lines do not look like rows.</returns>
    public static SwallowedRows? Look(RecordBatch batch, in TableRecord record, CsvDialect dialect, RowPlan plan)
    {
        // Whoever quotes labels, or doubles a quote inside a cell, quotes texts properly too.
        for (int i = 0; i < record.Fields; i++)
        {
            FieldFlags flags = batch.Fields[record.FirstField + i].Flags;
            if ((flags & FieldFlags.DoubledQuotes) != 0 || (i == plan.Label && (flags & FieldFlags.Quoted) != 0))
            {
                return null;
            }
        }

        Field last = batch.Fields[record.FirstField + record.Fields - 1];
        int start = batch.Fields[record.FirstField].Start;
        ReadOnlySpan<byte> rest = batch.Buffer.AsSpan(start, last.Start + last.Length - start);
        var labels = new List<string>();
        int lines = 0;
        int rows = 0;
        while (true)
        {
            int end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            if (!line.IsEmpty)
            {
                lines++;
                if (line.Count(dialect.Delimiter) == plan.ColumnCount - 1)
                {
                    rows++;
                    if (labels.Count < MostLabels)
                    {
                        labels.Add(Cell(line, dialect, plan.Label));
                    }
                }
            }

            if (end < 0)
            {
                return rows >= 2 && rows >= lines * Nearly ? new SwallowedRows(record.Line, rows, [.. labels]) : null;
            }

            rest = rest[(end + 1)..];
        }
    }

    private static string Cell(ReadOnlySpan<byte> line, CsvDialect dialect, int column)
    {
        for (; column > 0; column--)
        {
            line = line[(line.IndexOf(dialect.Delimiter) + 1)..];
        }

        int end = line.IndexOf(dialect.Delimiter);
        ReadOnlySpan<byte> cell = (end < 0 ? line : line[..end]).Trim(dialect.Quote);
        return LabelIdentity.Of(LabelReader.Tidy(Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, 200)])));
    }
}
