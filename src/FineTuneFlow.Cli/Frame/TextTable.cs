namespace FineTuneFlow.Cli.Frame;

/// <summary>Columns aligned by spaces, as ps and git print them: readable by people, awk and screen readers alike.</summary>
public sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [];
    private readonly HashSet<int> right = [];

    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Columns of figures, which are easier to compare when their ends are aligned.</summary>
    public TextTable AlignRight(params int[] columns)
    {
        right.UnionWith(columns);
        return this;
    }

    public void Write(TextWriter writer)
    {
        int[] widths = [.. headings.Select((heading, i) => rows.Select(row => Width(row[i])).Append(Width(heading)).Max())];
        foreach (string[] row in rows.Prepend(headings))
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, i) => Padded(cell, widths[i], right.Contains(i)))).TrimEnd());
        }
    }

    private static string Padded(string cell, int width, bool toRight)
    {
        string spaces = new(' ', width - Width(cell));
        return toRight ? spaces + cell : cell + spaces;
    }

    private static int Width(string cell) => new System.Globalization.StringInfo(cell).LengthInTextElements;
}
