using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads the rows of a CSV or JSONL file of any tool by column name.</summary>
internal sealed class TableRows : IDisposable
{
    private readonly TableReader _table;
    private readonly string _file;
    private RecordBatch _batch = new([]);
    private TableRecord _record;
    private byte[] _scratch = new byte[1024];

    public TableRows(string file, Func<Stream> open)
        : this(file, open, new CsvRecipe(), fewestColumns: 2)
    {
    }

    /// <param name="file">As the user knows it.</param>
    /// <param name="csv">How it is written, as far as that is known.</param>
    /// <param name="fewestColumns">1 where a file of texts alone will do.</param>
    public TableRows(string file, Func<Stream> open, CsvRecipe csv, int fewestColumns)
    {
        _file = file;
        try
        {
            _table = TableReader.Open(file, open, csv, fewestColumns);
        }
        catch (FlowException unreadable)
        {
            // What the reader advises is meant for data sets.
            throw new FlowException(unreadable.Failure with { Remedy = "Give a CSV file with a header line, or JSON lines, with a line for each row of the holdout" }, unreadable);
        }

        Columns = _table.Columns;
    }

    /// <summary>Null where the file is not a table.</summary>
    public static TableRows? TryOpen(string file, Func<Stream> open)
    {
        try
        {
            return new TableRows(file, open);
        }
        catch (FlowException)
        {
            return null;
        }
    }

    public ImmutableArray<string> Columns { get; }

    /// <summary>Physical line of the row, from 1.</summary>
    public long Line => _record.Line;

    public void Dispose() => _table.Dispose();

    /// <summary>Index of the first of these names that a column has, whatever its case; -1 for none.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            for (int i = 0; i < Columns.Length; i++)
            {
                if (string.Equals(Columns[i].Trim(), name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    /// <exception cref="FlowException">No column has any of the names.</exception>
    public int Need(string what, params ReadOnlySpan<string> names)
    {
        int found = Find(names);
        return found >= 0
            ? found
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"there is no column with the {what}; the columns are {string.Join(", ", Columns.Take(12))}",
                $"Name it {string.Join(" or ", names)}",
                new SourceLocation(_file, 1)));
    }

    /// <summary>Whether every row was visited; each call of <paramref name="visit"/> may ask for the row's cells.</summary>
    /// <exception cref="FlowException">A record is broken.</exception>
    public void Visit(Action visit)
    {
        while (_table.TryRead(_batch))
        {
            for (int i = 0; i < _batch.RecordCount; i++)
            {
                _record = _batch.Records[i];
                if (_record.Problem is not null)
                {
                    throw Wrong(_record.Problem, "Correct the line");
                }

                visit();
            }

            // The first batch's buffer belongs to the reader.
            _batch = new RecordBatch([]);
        }
    }

    /// <summary>The share of the first rows' filled cells that pass a test, without moving on; 0 where the column is empty.</summary>
    public double Share(int column, Func<string, bool> test)
    {
        RecordBatch first = _table.FirstBatch;
        (int filled, int passed) = (0, 0);
        for (int i = 0; i < first.RecordCount; i++)
        {
            TableRecord row = first.Records[i];
            if (row.Problem is null && column < row.Fields
                && Encoding.UTF8.GetString(FieldValue.Of(first, first.Fields[row.FirstField + column], ref _scratch)).Trim() is { Length: > 0 } cell)
            {
                filled++;
                passed += test(cell) ? 1 : 0;
            }
        }

        return filled == 0 ? 0 : passed / (double)filled;
    }

    /// <summary>A cell's text; empty where the row has none.</summary>
    public string this[int column]
    {
        get
        {
            if (column < 0 || column >= _record.Fields)
            {
                return "";
            }

            Field field = _batch.Fields[_record.FirstField + column];
            return (field.Flags & FieldFlags.Missing) != 0 ? "" : Encoding.UTF8.GetString(FieldValue.Of(_batch, field, ref _scratch));
        }
    }

    /// <summary>A cell that holds a JSON object, such as probabilities by label; null where it is empty.</summary>
    /// <exception cref="FlowException">It holds something else.</exception>
    public ImmutableSortedDictionary<string, T>? Object<T>(int column)
    {
        string cell = this[column];
        if (string.IsNullOrWhiteSpace(cell) || cell == "null")
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, T>>(cell)!.ToImmutableSortedDictionary(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            throw Wrong($"{Columns[column]} is not a JSON object", "Write it as {\"label\": value, ...}", column);
        }
    }

    public FlowException Wrong(string message, string remedy, int column = -1) => new(new Failure(
        FailureKind.InvalidInput, message, remedy, new SourceLocation(_file, _record.Line, column < 0 ? null : Columns[column])));
}
