using System.Globalization;

namespace FineTuneFlow.Cli.Output;

/// <summary>Columns aligned by spaces, as ps and git print them: readable by people, awk and screen readers alike. At most 80
/// characters wide where columns are named that may be shortened.</summary>
public sealed class TextTable(params string[] headings)
{
    private const int MostWidth = 80;
    private const int LeastColumn = 8;

    private readonly List<string[]> _rows = [];
    private readonly HashSet<int> _right = [];
    private int[] _flexible = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Columns of figures, which are easier to compare when their ends are aligned.</summary>
    public TextTable AlignRight(params int[] columns)
    {
        _right.UnionWith(columns);
        return this;
    }

    /// <summary>Columns of text that may be cut, the widest first, until the table fits 80 characters. Never one that is copied from the
    /// screen into the next command.</summary>
    public TextTable Shorten(params int[] columns)
    {
        _flexible = columns;
        return this;
    }

    public void Write(TextWriter writer)
    {
        int[] widths = [.. headings.Select((heading, i) => _rows.Select(row => Width(row[i])).Append(Width(heading)).Max())];
        Fit(widths);
        foreach (string[] row in _rows.Prepend(headings))
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, i) => Padded(Cut(cell, widths[i]), widths[i], _right.Contains(i)))).TrimEnd());
        }
    }

    private void Fit(int[] widths)
    {
        int over = widths.Sum() + (2 * (widths.Length - 1)) - MostWidth;
        while (over > 0 && _flexible.Where(i => widths[i] > Math.Max(LeastColumn, Width(headings[i]))).Cast<int?>().MaxBy(i => widths[i!.Value]) is { } widest)
        {
            widths[widest]--;
            over--;
        }
    }

    private static string Cut(string cell, int width) =>
        Width(cell) <= width ? cell : new StringInfo(cell).SubstringByTextElements(0, width - 1) + "…";

    private static string Padded(string cell, int width, bool toRight)
    {
        string spaces = new(' ', width - Width(cell));
        return toRight ? spaces + cell : cell + spaces;
    }

    private static int Width(string cell) => new StringInfo(cell).LengthInTextElements;
}
