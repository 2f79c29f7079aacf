using System.Collections.Immutable;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>How a column looks in the first records.</summary>
/// <param name="Rows">Records looked at with a value.</param>
/// <param name="Distinct">Different values among them.</param>
/// <param name="MeanLength">Bytes a value.</param>
/// <param name="Words">Mean number of words a value.</param>
internal sealed record ColumnStatistics(int Rows, int Distinct, double MeanLength, double Words)
{
    private const int MaxRows = 2_000;

    /// <summary>Few values that come again and again.</summary>
    public bool CouldBeLabel => Rows > 0 && Distinct <= Math.Max(2, Rows / 2) && MeanLength <= 64;

    public double LabelScore => Distinct == 0 ? 0 : 1.0 / (Math.Abs(Math.Log2(Distinct) - 2) + 1) / (Words + 1);

    public double TextScore => Math.Min(MeanLength, 2_000) * ((double)Distinct / Math.Max(1, Rows));

    public static ImmutableArray<ColumnStatistics> Of(RecordBatch batch, int columns)
    {
        var distinct = new HashSet<string>[columns];
        var bytes = new long[columns];
        var words = new long[columns];
        var rows = new int[columns];
        byte[] scratch = [];
        for (int c = 0; c < columns; c++)
        {
            distinct[c] = new HashSet<string>(StringComparer.Ordinal);
        }

        for (int r = 0; r < Math.Min(batch.RecordCount, MaxRows); r++)
        {
            TableRecord record = batch.Records[r];
            for (int c = 0; c < Math.Min(columns, record.Fields); c++)
            {
                ReadOnlySpan<byte> value = FieldValue.Of(batch, batch.Fields[record.FirstField + c], ref scratch);
                if (value.IsEmpty)
                {
                    continue;
                }

                rows[c]++;
                bytes[c] += value.Length;
                words[c] += value.Count((byte)' ') + 1;
                distinct[c].Add(Encoding.UTF8.GetString(value[..Math.Min(value.Length, 100)]));
            }
        }

        return
        [
            .. Enumerable.Range(0, columns).Select(c => new ColumnStatistics(
                rows[c], distinct[c].Count, (double)bytes[c] / Math.Max(1, rows[c]), (double)words[c] / Math.Max(1, rows[c]))),
        ];
    }
}
