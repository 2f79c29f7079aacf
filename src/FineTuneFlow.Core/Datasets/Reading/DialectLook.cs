using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>What the first records look like in a dialect.</summary>
internal sealed class DialectLook
{
    private const int MostRecords = 500;

    private readonly RecordBatch _batch;

    private DialectLook(CsvDialect dialect, RecordBatch batch)
    {
        Dialect = dialect;
        _batch = batch;
        var records = batch.Records.AsSpan(0, batch.RecordCount).ToArray();
        if (records.Length == 0)
        {
            return;
        }

        Columns = records.GroupBy(record => record.Fields).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        Share = Columns == 1 ? 0 : records.Count(record => record.Fields == Columns) / (double)records.Length;
        HeaderFits = records[0].Fields == Columns;
        Quoted = records.Count(record => Fields(record).Any(field => (field.Flags & FieldFlags.Quoted) != 0)) / (double)records.Length;
        byte[] scratch = [];
        KnownNames = Fields(records[0]).Count(field => ColumnName.IsKnown(Encoding.UTF8.GetString(FieldValue.Of(batch, field, ref scratch))));
    }

    public CsvDialect Dialect { get; }

    /// <summary>Cells that most records have.</summary>
    public int Columns { get; }

    /// <summary>Records with that many cells; 0 where that is one.</summary>
    public double Share { get; }

    /// <summary>Whether the first record has as many cells as most.</summary>
    public bool HeaderFits { get; }

    /// <summary>Records with a quoted cell.</summary>
    public double Quoted { get; }

    /// <summary>Cells of the first record that are usual names of columns.</summary>
    public int KnownNames { get; }

    /// <summary>More cells win between equals.</summary>
    public double Score => Columns <= 1 ? 0 : Share + (HeaderFits ? 0.05 : 0) + (Math.Min(Columns, 50) * 0.001);

    public static DialectLook At(byte[] head, bool final, CsvDialect dialect)
    {
        var batch = new RecordBatch(head);
        var scanner = new CsvScanner(dialect);
        int used = 0;
        try
        {
            while (batch.RecordCount < MostRecords && scanner.TryReadRecord(batch, head.Length, final, ref used))
            {
            }
        }
        catch (BrokenQuoteException)
        {
            // The real reading says where; here it only means that fewer records are compared.
        }

        return new DialectLook(dialect, batch);
    }

    /// <summary>Records before the first with as many cells as most, where they hold one filled cell each: titles and remarks.</summary>
    public int Titles(int most)
    {
        int titles = 0;
        while (titles < Math.Min(most, _batch.RecordCount - 1) && Columns > 1 && IsTitle(_batch.Records[titles]))
        {
            titles++;
        }

        return titles > 0 && _batch.Records[titles].Fields >= Columns ? titles : 0;
    }

    private bool IsTitle(TableRecord record) => Fields(record)[0].Length > 0 && Fields(record).Skip(1).All(field => field.Length == 0);

    private Field[] Fields(TableRecord record) => _batch.Fields.AsSpan(record.FirstField, record.Fields).ToArray();
}
