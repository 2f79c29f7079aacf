using System.Net;
using System.Text;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Collects a page. What comes from outside (names, labels, texts, messages) goes through <see cref="Escape"/>; methods
/// whose name says Raw take our own markup.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _page = new();
    private int _tables;

    public HtmlWriter Raw(string markup)
    {
        _page.Append(markup);
        return this;
    }

    public HtmlWriter Paragraph(string text, string style = "") =>
        Raw(style.Length == 0 ? "<p>" : $"<p class=\"{style}\">").Raw(Prose(text)).Raw("</p>\n");

    public HtmlWriter Heading(string text, string id) => Raw($"<h2 id=\"{id}\">").Raw(Escape(text)).Raw("</h2>\n");

    public HtmlWriter SubHeading(string text) => Raw("<h3>").Raw(Escape(text)).Raw("</h3>\n");

    /// <summary>A chart that scrolls sideways on a narrow screen instead of shrinking to nothing.</summary>
    public HtmlWriter Figure(string svg, string caption) =>
        Raw("<figure><div class=\"scroll\">").Raw(svg).Raw("</div><figcaption>").Raw(Prose(caption)).Raw("</figcaption></figure>\n");

    /// <summary>Opens a table that scrolls sideways on a narrow screen. Its caption stands above, where it can wrap.</summary>
    public HtmlWriter OpenTable(string caption)
    {
        string id = $"table-{++_tables}";
        return Raw($"<p class=\"caption\" id=\"{id}\">").Raw(Prose(caption))
            .Raw($"</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\"><table aria-labelledby=\"{id}\">");
    }

    public HtmlWriter CloseTable() => Raw("</table></div>\n");

    /// <summary>A table of escaped cells. Columns whose title ends with "|" are figures, set to the right.</summary>
    /// <param name="caption">Above it.</param>
    /// <param name="columns">Titles.</param>
    /// <param name="rows">Cells; what follows a line feed is set small.</param>
    /// <param name="texts">The first column holds texts to be read, not names of the rows.</param>
    public HtmlWriter Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, bool texts = false)
    {
        bool[] figures = [.. columns.Select(column => column.EndsWith('|'))];
        OpenTable(caption).Raw("<thead><tr>");
        for (int i = 0; i < columns.Count; i++)
        {
            Raw(figures[i] ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">").Raw(Escape(columns[i].TrimEnd('|'))).Raw("</th>");
        }

        Raw("</tr></thead><tbody>\n");
        foreach (IReadOnlyList<string> row in rows)
        {
            Raw("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                string cell = Cell(row[i]);
                Raw(figures[i] ? $"<td class=\"n\">{cell}</td>" : i > 0 ? $"<td>{cell}</td>" : texts ? $"<td class=\"text\" dir=\"auto\">{cell}</td>" : $"<th scope=\"row\">{cell}</th>");
            }

            Raw("</tr>\n");
        }

        return Raw("</tbody>").CloseTable();
    }

    public override string ToString() => _page.ToString();

    /// <summary>Text as HTML, in element content and in attributes; control characters that HTML forbids become a visible mark.</summary>
    public static string Escape(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        string clean = value;
        if (value.AsSpan().ContainsAnyInRange('\0', '\u001f') || value.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            clean = string.Create(value.Length, value, (to, from) =>
            {
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\t' or '\r') ? '\ufffd' : from[i];
                }
            });
        }

        return WebUtility.HtmlEncode(clean);
    }

    /// <summary>Running text, escaped: a figure and what belongs to it stay on one line.</summary>
    public static string Prose(string text) => Escape(text
        .Replace(" %", "\u00a0%", StringComparison.Ordinal)
        .Replace("p = ", "p\u00a0=\u00a0", StringComparison.Ordinal)
        .Replace("p < ", "p\u00a0<\u00a0", StringComparison.Ordinal)
        .Replace("± ", "±\u00a0", StringComparison.Ordinal));

    // A second line in a cell (after a line feed) is set small: the interval under its figure.
    private static string Cell(string value)
    {
        int cut = value.IndexOf('\n', StringComparison.Ordinal);
        return cut < 0 ? Escape(value) : $"{Escape(value[..cut])}<span class=\"sub\">{Escape(value[(cut + 1)..])}</span>";
    }
}
