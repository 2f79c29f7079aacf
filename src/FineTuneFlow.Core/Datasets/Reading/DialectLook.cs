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
        int records = batch.RecordCount;
        if (records == 0)
        {
            return;
        }

        // Loops instead of LINQ over these structs, whose code would have to be compiled at every start.
        var counts = new Dictionary<int, int>();
        int quoted = 0;
        for (int i = 0; i < records; i++)
        {
            TableRecord record = batch.Records[i];
            int same = counts[record.Fields] = counts.GetValueOrDefault(record.Fields) + 1;
            int most = counts.GetValueOrDefault(Columns);
            Columns = same > most || (same == most && record.Fields > Columns) ? record.Fields : Columns;
            quoted += HasQuoted(record) ? 1 : 0;
        }

        Share = Columns == 1 ? 0 : counts[Columns] / (double)records;
        HeaderFits = batch.Records[0].Fields == Columns;
        Quoted = quoted / (double)records;
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
    public int KnownNames
    {
        get
        {
            byte[] scratch = [];
            int known = 0;
            for (int i = 0; _batch.RecordCount > 0 && i < _batch.Records[0].Fields; i++)
            {
                known += ColumnName.IsKnown(Encoding.UTF8.GetString(FieldValue.Of(_batch, _batch.Fields[_batch.Records[0].FirstField + i], ref scratch))) ? 1 : 0;
            }

            return known;
        }
    }

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

    /// <summary>Records before the header, where only their first cell is filled or none: titles, remarks and a sheet's empty rows.</summary>
    public int Titles(int most)
    {
        int titles = 0;
        while (titles < Math.Min(most, _batch.RecordCount - 1) && Columns > 1 && IsTitle(_batch.Records[titles]))
        {
            titles++;
        }

        // Where the record behind them is one more, they are rows of a table with one filled column.
        return titles > 0 && _batch.Records[titles].Fields >= Columns && !IsTitle(_batch.Records[titles]) ? titles : 0;
    }

    private bool IsTitle(in TableRecord record)
    {
        for (int i = 1; i < record.Fields; i++)
        {
            if (_batch.Fields[record.FirstField + i].Length > 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool HasQuoted(in TableRecord record)
    {
        for (int i = 0; i < record.Fields; i++)
        {
            if ((_batch.Fields[record.FirstField + i].Flags & FieldFlags.Quoted) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
