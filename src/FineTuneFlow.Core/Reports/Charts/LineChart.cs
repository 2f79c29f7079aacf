namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>Lines over steps or days, labelled at their ends.</summary>
internal sealed record LineChart
{
    private const double Left = 62;
    private const double Top = 26;

    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }
    public required string XTitle { get; init; }
    public required string YTitle { get; init; }
    public double Width { get; init; } = 680;
    public double Height { get; init; } = 280;
    public required IReadOnlyList<ChartLine> Lines { get; init; }
    /// <summary>Vertical marks with a short text: checkpoints.</summary>
    public IReadOnlyList<(double X, string Text)> Marks { get; init; } = [];
    public Func<double, string> YTick { get; init; } = Axis.Plain;
    public double Least { get; init; } = double.NegativeInfinity;
    public double Most { get; init; } = double.PositiveInfinity;
    public bool Logarithmic { get; init; }

    public string Draw()
    {
        var svg = new Svg(Id, Width, Height, Title, Description);
        double right = Width - (Width < 600 ? 96 : 130);
        double bottom = Height - 44;
        var across = Axis.Linear(Lines.SelectMany(line => line.Points.Select(point => point.X)), Left, right, tight: true);
        double[] heights = [.. Lines.SelectMany(line => line.Points.Select(point => point.Y).OfType<double>())];
        Axis up = Logarithmic ? Axis.Logarithmic(heights, bottom, Top) : Axis.Linear(heights, bottom, Top, 5, Least, Most);
        foreach (double tick in up.Ticks)
        {
            svg.Line(Left, up[tick], right, up[tick], "grid");
            svg.Text(Left - 6, up[tick] + 4, YTick(tick), "t small", "end");
        }

        foreach (double tick in across.Ticks)
        {
            svg.Text(across[tick], bottom + 16, Axis.Plain(tick), "t small", "middle");
        }

        svg.Text((Left + right) / 2, Height - 10, XTitle, "t small", "middle");
        svg.Text(Left - 6, 12, YTitle, "t small");
        foreach ((double x, string text) in Marks)
        {
            svg.Line(across[x], Top, across[x], bottom, "checkpoint");
            svg.Text(across[x], Top - 4, text, "t tiny", "middle");
        }

        var ends = new List<(double Place, ChartLine Line)>();
        foreach (ChartLine line in Lines)
        {
            svg.Series(line.Points.Select(point => (across[point.X], point.Y is { } y ? up[y] : (double?)null)), line.Series, line.Faint ? "faint" : "");
            (double X, double? Y) last = line.Points.LastOrDefault(point => point.Y is not null);
            if (line.Name is null || last.Y is null)
            {
                continue;
            }

            foreach ((double x, double? y) in Spaced(line.Points))
            {
                svg.Marker(across[x], up[y!.Value], line.Series, 3.5);
            }

            ends.Add((up[last.Y.Value], line));
        }

        double above = double.NegativeInfinity;
        foreach ((double end, ChartLine line) in ends.OrderBy(entry => entry.Place))
        {
            above = Math.Max(end, above + 14);
            svg.Marker(right + 10, above, line.Series, 4);
            svg.Text(right + 20, above + 4, Svg.Short(line.Name!, 17), "t small");
        }

        return svg.Close();
    }

    // A handful of markers a line: enough to tell it apart, not so many that they cover it.
    private static IEnumerable<(double X, double? Y)> Spaced(IReadOnlyList<(double X, double? Y)> points)
    {
        (double X, double? Y)[] known = [.. points.Where(point => point.Y is not null)];
        int stride = Math.Max(1, known.Length / 5);
        return known.Where((_, i) => i % stride == stride / 2);
    }
}

/// <param name="Name">Label at its end; null: none (the raw curve behind a smoothed one).</param>
/// <param name="Points">By X; null values break the line.</param>
/// <param name="Series">Colour, dash pattern and marker.</param>
/// <param name="Faint">Drawn thin and pale.</param>
internal sealed record ChartLine(string? Name, IReadOnlyList<(double X, double? Y)> Points, int Series, bool Faint = false);
