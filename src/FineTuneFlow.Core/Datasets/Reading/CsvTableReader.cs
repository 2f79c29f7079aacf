using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>A CSV file as a table.</summary>
internal sealed class CsvTableReader : TableReader
{
    private const double NearlyAll = 0.9;

    private readonly CsvDialect _dialect;
    private readonly CsvScanner _scanner;
    private string? _indexColumn;
    private byte[] _carry = new byte[BatchBytes];
    private int _carried;
    private bool _ended;

    /// <param name="source">The file.</param>
    /// <param name="recipe">How it is written, as far as that is said.</param>
    /// <param name="fewestColumns">2 for a text and a label; 1 where texts alone will do.</param>
    public CsvTableReader(SourceReader source, CsvRecipe recipe, int fewestColumns)
        : base(source)
    {
        _dialect = DialectDetection.Detect(source.Head, source.HeadIsAll, recipe);
        _scanner = new CsvScanner(_dialect);
        if (!Fill(FirstBatch))
        {
            throw Empty(source.Name);
        }

        SkipAboveHeader();
        Columns = recipe.Header ? TakeHeader() : Positions(FirstBatch.Records[0].Fields);
        if (FirstBatch.RecordCount == 0 && !Fill(FirstBatch))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "the file has a header and no rows",
                "Add at least ten labelled texts, or set dataset.csv.header to false if the first line is a row",
                new SourceLocation(source.Name, 1)));
        }

        if (Columns.Length < fewestColumns)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"only one column (\"{Columns[0]}\") is found, but a text and a label are needed",
                "Check the delimiter (dataset.csv.delimiter: comma, semicolon, tab or pipe) and that each line has a label",
                new SourceLocation(source.Name, 1)));
        }
    }

    public override string Format => Source.Compressed ? "csv.gz" : "csv";
    public override string? Delimiter => _dialect.DelimiterName;
    public override CsvDialect? Dialect => _dialect;

    public override ReadingProfile Profile() => new()
    {
        BlankLines = _scanner.BlankLines,
        LinesCrLf = _scanner.LinesCrLf,
        LinesLf = _scanner.LinesLf,
        LinesCr = _scanner.LinesCr,
        QuotesInUnquotedCells = _scanner.QuotesInUnquotedCells,
        TextAfterClosingQuote = _scanner.TextAfterClosingQuote,
        BackslashEscapedQuotes = _scanner.SawBackslashQuotes,
        SingleQuotes = _dialect.Quote == '\'',
        RecordsAboveHeader = _dialect.RecordsAboveHeader,
        IndexColumn = _indexColumn,
        RivalDelimiter = _dialect.Rival,
        ByteOrderMark = Source.HasByteOrderMark,
        Compressed = Source.Compressed,
    };

    protected override bool Fill(RecordBatch batch)
    {
        batch.FieldCount = 0;
        batch.RecordCount = 0;
        int length = _carried;
        _carry.AsSpan(0, _carried).CopyTo(Room(batch, _carried + 1));
        while (true)
        {
            while (!_ended && length < batch.Buffer.Length)
            {
                int read = Source.Read(batch.Buffer.AsSpan(length));
                _ended = read == 0;
                length += read;
            }

            int position = 0;
            Scan(batch, length, ref position);
            if (batch.RecordCount > 0 || _ended)
            {
                _carried = length - position;
                if (_carry.Length < _carried)
                {
                    _carry = new byte[batch.Buffer.Length];
                }

                batch.Buffer.AsSpan(position, _carried).CopyTo(_carry);
                return batch.RecordCount > 0;
            }

            Grow(batch, length);
        }
    }

    private void Scan(RecordBatch batch, int length, ref int position)
    {
        try
        {
            while (_scanner.TryReadRecord(batch, length, _ended, ref position))
            {
            }
        }
        catch (BrokenQuoteException e)
        {
            throw new FlowException(
                new Failure(
                    FailureKind.InvalidInput,
                    e.Message,
                    "Double the quotes inside a quoted cell (\"\"), or set dataset.csv.quote to none where quotes are part of the texts; from here on the columns cannot be told apart",
                    new SourceLocation(Source.Name, e.Line, e.Column.ToString(CultureInfo.InvariantCulture))),
                e);
        }
    }

    private static Span<byte> Room(RecordBatch batch, int length)
    {
        if (batch.Buffer.Length < Math.Max(length, BatchBytes))
        {
            batch.Buffer = new byte[Math.Max(length * 2, BatchBytes)];
        }

        return batch.Buffer;
    }

    private void Grow(RecordBatch batch, int length)
    {
        if (length >= MaxRecordBytes)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the record that begins here is longer than {MaxRecordBytes >> 20} MB",
                "Look for a quote that is opened and never closed in this line",
                new SourceLocation(Source.Name, _scanner.Line)));
        }

        byte[] more = batch.Buffer;
        Array.Resize(ref more, more.Length * 2);
        batch.Buffer = more;
    }

    private void SkipAboveHeader()
    {
        int above = Math.Min(_dialect.RecordsAboveHeader, FirstBatch.RecordCount - 1);
        FirstBatch.RecordCount -= above;
        FirstBatch.Records.AsSpan(above, FirstBatch.RecordCount).CopyTo(FirstBatch.Records);
    }

    private ImmutableArray<string> TakeHeader()
    {
        TableRecord header = FirstBatch.Records[0];
        byte[] scratch = [];
        var names = ImmutableArray.CreateBuilder<string>(header.Fields);
        for (int i = 0; i < header.Fields; i++)
        {
            string name = Encoding.UTF8.GetString(FieldValue.Of(FirstBatch, FirstBatch.Fields[header.FirstField + i], ref scratch)).Trim();
            DoubledNames = names.Contains(name) && !DoubledNames.Contains(name) ? DoubledNames.Add(name) : DoubledNames;
            names.Add(Unique(names, name.Length == 0 ? (i + 1).ToString(CultureInfo.InvariantCulture) : name));
        }

        FirstBatch.RecordCount--;
        FirstBatch.Records.AsSpan(1, FirstBatch.RecordCount).CopyTo(FirstBatch.Records);
        if (RowsBeginWithIndex(header.Fields))
        {
            _indexColumn = Unique(names, "index");
            names.Insert(0, _indexColumn);
        }

        return names.ToImmutable();
    }

    /// <summary>Whether nearly all rows have one cell more than the header, and the first cells tell the rows apart as an index does
    /// that was written without a name.</summary>
    private bool RowsBeginWithIndex(int columns)
    {
        byte[] scratch = [];
        var first = new HashSet<string>(StringComparer.Ordinal);
        int longer = 0;
        int filled = 0;
        for (int i = 0; i < FirstBatch.RecordCount; i++)
        {
            TableRecord record = FirstBatch.Records[i];
            if (record.Fields == columns + 1)
            {
                longer++;
                filled += FirstBatch.Fields[record.FirstField + columns].Length > 0 ? 1 : 0;
                first.Add(Encoding.UTF8.GetString(FieldValue.Of(FirstBatch, FirstBatch.Fields[record.FirstField], ref scratch)));
            }
        }

        return filled > 0 && longer >= FirstBatch.RecordCount * NearlyAll && first.Count == longer
            && first.All(value => value.Length > 0 && !value.Contains(' ', StringComparison.Ordinal));
    }

    private static string Unique(ImmutableArray<string>.Builder names, string name)
    {
        string unique = name;
        for (int copy = 2; names.Contains(unique); copy++)
        {
            unique = $"{name}_{copy}";
        }

        return unique;
    }

    private static ImmutableArray<string> Positions(int count) =>
        [.. Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
