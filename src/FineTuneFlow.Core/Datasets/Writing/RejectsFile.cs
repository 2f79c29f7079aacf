using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary><c>rejects.csv</c>: every row of the drop that is in no split, in the order of the file, with its line and reason.</summary>
internal static class RejectsFile
{
    public const string Header = "line,reason,detail\n";

    public static void Write(string directory, SourceTable table, int[] firstOf)
    {
        using var file = new StreamWriter(Path.Combine(directory, DatasetFiles.Rejects), append: false, new UTF8Encoding(false), 1 << 16);
        file.Write(Header);
        bool guarded = table.Plan.Recipe.Csv.Guard;
        RowTable rows = table.Rows;
        int row = NextLeftOut(rows, 0);
        foreach (LeftOutRow left in table.LeftOut)
        {
            for (; row < rows.Count && rows[row].Line < left.Line; row = NextLeftOut(rows, row + 1))
            {
                WriteLine(file, rows[row].Line, rows[row].Outcome, Detail(table, row, firstOf), guarded);
            }

            WriteLine(file, left.Line, left.Outcome, left.Detail, guarded);
        }

        for (; row < rows.Count; row = NextLeftOut(rows, row + 1))
        {
            WriteLine(file, rows[row].Line, rows[row].Outcome, Detail(table, row, firstOf), guarded);
        }
    }

    private static int NextLeftOut(RowTable rows, int row)
    {
        while (row < rows.Count && rows[row].Outcome == RowOutcome.Used)
        {
            row++;
        }

        return row;
    }

    private static string Detail(SourceTable table, int row, int[] firstOf)
    {
        string label = table.Labels[table.Rows[row].Label];
        long first = firstOf[row] >= 0 ? table.Rows[firstOf[row]].Line : table.Rows[row].Line;
        return table.Rows[row].Outcome switch
        {
            RowOutcome.Duplicate => string.Create(CultureInfo.InvariantCulture, $"same text and label as line {first}"),
            RowOutcome.Conflict => string.Create(CultureInfo.InvariantCulture, $"label {label}; the text of line {first} stands with other labels too"),
            RowOutcome.RareClass => $"class {label} has too few rows",
            RowOutcome.Balance => $"class {label} undersampled",
            _ => "",
        };
    }

    /// <summary>One line; a detail may begin with what stands in the drop, so it is guarded where asked.</summary>
    internal static void WriteLine(StreamWriter file, long line, RowOutcome outcome, string text, bool guarded)
    {
        string detail = guarded ? SpreadsheetGuard.Guard(text) : text;
        file.Write(line);
        file.Write(',');
        file.Write(RowOutcomes.NameOf(outcome));
        file.Write(',');
        if (detail.AsSpan().IndexOfAny(",\"\r\n") >= 0)
        {
            file.Write('"');
            file.Write(detail.Replace("\"", "\"\"", StringComparison.Ordinal));
            file.Write('"');
        }
        else
        {
            file.Write(detail);
        }

        file.Write('\n');
    }
}
