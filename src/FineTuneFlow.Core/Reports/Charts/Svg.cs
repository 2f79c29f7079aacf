using System.Globalization;
using System.Text;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>Builds one SVG chart. Colours are CSS classes of the page, so that a chart follows light, dark and print; every
/// series also has a marker, a dash pattern and a direct label, so that it can be read without colour.</summary>
internal sealed class Svg
{
    /// <summary>Dash patterns by series; the first is solid.</summary>
    private static readonly string[] Dashes = ["", "7 4", "2 3", "10 3 2 3", "5 2", "1 5", "12 4", "3 3 8 3"];

    private readonly StringBuilder _text = new();

    /// <param name="id">Unique in the page.</param>
    /// <param name="width">Units of the view box; about pixels at full width.</param>
    /// <param name="height">Units of the view box.</param>
    /// <param name="title">What the chart shows.</param>
    /// <param name="description">What it tells, for those who cannot see it.</param>
    public Svg(string id, double width, double height, string title, string description)
    {
        (Width, Height) = (width, height);
        _text.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" viewBox=\"0 0 {N(width)} {N(height)}\" ");
        _text.Append(CultureInfo.InvariantCulture, $"width=\"{N(width)}\" height=\"{N(height)}\"><title id=\"{id}-t\">{Escape(title)}</title>");
        _text.Append(CultureInfo.InvariantCulture, $"<desc id=\"{id}-d\">{Escape(description)}</desc>\n");
    }

    public double Width { get; }

    public double Height { get; }

    public string Close() => _text.Append("</svg>\n").ToString();

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _text.Append($"<line class=\"{style}\" x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"/>\n");

    public void Rect(double x, double y, double width, double height, string style, double opacity = 1, string? tip = null) =>
        Element($"rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"{Opacity(opacity)}", tip);

    /// <summary>Text at a place; the anchor is start, middle or end.</summary>
    public void Text(double x, double y, string value, string style = "t", string anchor = "start") =>
        _text.Append($"<text class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\">{Escape(value)}</text>\n");

    /// <summary>A line through points, in the series' colour and dash pattern; null values break it.</summary>
    public void Series(IEnumerable<(double X, double? Y)> points, int series, string style = "")
    {
        var path = new StringBuilder();
        bool pen = false;
        foreach ((double x, double? y) in points)
        {
            if (y is not { } known || !double.IsFinite(known) || !double.IsFinite(x))
            {
                pen = false;
                continue;
            }

            path.Append(pen ? 'L' : 'M').Append(N(x)).Append(' ').Append(N(known));
            pen = true;
        }

        if (path.Length > 0)
        {
            string dash = Dashes[series % Dashes.Length];
            _text.Append($"<path class=\"line s{series % 8} {style}\"{(dash.Length > 0 ? $" stroke-dasharray=\"{dash}\"" : "")} d=\"{path}\"/>\n");
        }
    }

    /// <summary>The series' marker: a shape of its own for each of eight series.</summary>
    public void Marker(double x, double y, int series, double size = 5, string? tip = null)
    {
        (double r, double d) = (size, size * 1.25);
        string shape = (series % 8) switch
        {
            0 => $"M{N(x - r)} {N(y)}a{N(r)} {N(r)} 0 1 0 {N(2 * r)} 0a{N(r)} {N(r)} 0 1 0 {N(-2 * r)} 0z",
            1 => $"M{N(x - r)} {N(y - r)}h{N(2 * r)}v{N(2 * r)}h{N(-2 * r)}z",
            2 => $"M{N(x)} {N(y - d)}L{N(x + d)} {N(y + r)}H{N(x - d)}z",
            3 => $"M{N(x)} {N(y - d)}L{N(x + d)} {N(y)}L{N(x)} {N(y + d)}L{N(x - d)} {N(y)}z",
            4 => $"M{N(x)} {N(y + d)}L{N(x + d)} {N(y - r)}H{N(x - d)}z",
            5 => $"M{N(x - 2)} {N(y - d)}h4v{N(d - 2)}h{N(d - 2)}v4h{N(2 - d)}v{N(d - 2)}h-4v{N(2 - d)}h{N(2 - d)}v-4h{N(d - 2)}z",
            6 => $"M{N(x)} {N(y - d)}L{N(x + d)} {N(y - (d / 4))}L{N(x + (d * 0.62))} {N(y + d)}H{N(x - (d * 0.62))}L{N(x - d)} {N(y - (d / 4))}z",
            _ => $"M{N(x - d)} {N(y)}L{N(x - (d / 2))} {N(y - d)}H{N(x + (d / 2))}L{N(x + d)} {N(y)}L{N(x + (d / 2))} {N(y + d)}H{N(x - (d / 2))}z",
        };
        Element($"path class=\"mark s{series % 8}\" d=\"{shape}\"", tip);
    }

    /// <summary>A horizontal or vertical interval with caps.</summary>
    public void Whisker(double x1, double y1, double x2, double y2, int series)
    {
        string style = $"whisker s{series % 8}";
        Line(x1, y1, x2, y2, style);
        (double dx, double dy) = y1 == y2 ? (0, 4) : (4, 0);
        Line(x1 - dx, y1 - dy, x1 + dx, y1 + dy, style);
        Line(x2 - dx, y2 - dy, x2 + dx, y2 + dy, style);
    }

    /// <summary>Cut to what fits a label of so many characters.</summary>
    public static string Short(string value, int characters)
    {
        if (value.Length <= characters)
        {
            return value;
        }

        int end = char.IsHighSurrogate(value[characters - 2]) ? characters - 2 : characters - 1;
        return value[..end] + "…";
    }

    private static string Escape(string value) => Html.HtmlWriter.Escape(value);

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static string Opacity(double opacity) =>
        opacity >= 1 ? "" : $" fill-opacity=\"{Math.Round(Math.Max(0, opacity), 3).ToString(CultureInfo.InvariantCulture)}\"";

    private void Element(string element, string? tip) =>
        _text.Append(tip is null ? $"<{element}/>\n" : $"<{element}><title>{Escape(tip)}</title></{element.Split(' ')[0]}>\n");
}
