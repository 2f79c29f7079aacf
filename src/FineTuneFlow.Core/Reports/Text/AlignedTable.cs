using System.Globalization;
using System.Text;

namespace FineTuneFlow.Core.Reports.Text;

/// <summary>A table whose columns line up in a fixed-width font, as plain text or as Markdown: what a terminal shows is readable
/// either way.</summary>
/// <param name="titles">Titles; those that end with "|" are figures, set to the right.</param>
internal sealed class AlignedTable(IReadOnlyList<string> titles)
{
    private readonly bool[] _figures = [.. titles.Select(title => title.EndsWith('|'))];
    private readonly List<IReadOnlyList<string>> _rows = [[.. titles.Select(title => title.TrimEnd('|'))]];

    public AlignedTable Add(IEnumerable<IReadOnlyList<string>> more)
    {
        _rows.AddRange(more);
        return this;
    }

    /// <summary>Columns two spaces apart.</summary>
    public void WritePlain(StringBuilder text)
    {
        int[] widths = Widths();
        foreach (IReadOnlyList<string> row in _rows)
        {
            text.Append(string.Join("  ", row.Select((cell, i) => Padded(cell, i, widths))).TrimEnd()).Append('\n');
        }
    }

    /// <summary>A table of GitHub's Markdown; cells must not hold a bare "|".</summary>
    public void WriteMarkdown(StringBuilder text)
    {
        int[] widths = [.. Widths().Select(width => Math.Max(3, width))];
        for (int i = 0; i < _rows.Count; i++)
        {
            text.Append("| ").AppendJoin(" | ", _rows[i].Select((cell, column) => Padded(cell, column, widths))).Append(" |\n");
            if (i == 0)
            {
                text.Append("| ").AppendJoin(" | ", widths.Select((width, column) => _figures[column] ? new string('-', width - 1) + ":" : new string('-', width))).Append(" |\n");
            }
        }
    }

    private int[] Widths() => [.. _figures.Select((_, column) => _rows.Max(row => Width(row[column])))];

    private string Padded(string cell, int column, int[] widths)
    {
        string spaces = new(' ', widths[column] - Width(cell));
        return _figures[column] ? spaces + cell : cell + spaces;
    }

    // Chinese, Japanese and Korean characters and most emoji take two places in a terminal.
    private static int Width(string cell)
    {
        int width = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(cell);
        while (elements.MoveNext())
        {
            int first = char.ConvertToUtf32(Sound(elements.GetTextElement()), 0);
            width += first is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
        }

        return width;
    }

    private static string Sound(string element) => char.IsSurrogate(element[0]) && !(element.Length > 1 && char.IsSurrogatePair(element, 0)) ? "?" : element;
}
