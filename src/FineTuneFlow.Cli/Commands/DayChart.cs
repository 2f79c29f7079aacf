using System.Globalization;
using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Cli.Commands;

/// <summary>USD a day over the days as lines of letters, on a logarithmic scale: options lie orders of magnitude apart.</summary>
internal static class DayChart
{
    private const int Width = 72;
    private const int Height = 14;

    /// <summary>The letter of an option, as in the table.</summary>
    public static char Mark(int option) => (char)('A' + (option % 26));

    public static void Write(TextWriter output, CostProjection projection)
    {
        var positive = projection.Days.SelectMany(day => day.Usd).Where(usd => usd > 0).ToArray();
        if (positive.Length == 0)
        {
            return;
        }

        double low = Math.Floor(Math.Log10(positive.Min()));
        double high = Math.Max(low + 1, Math.Ceiling(Math.Log10(positive.Max())));
        var cells = new char[Height, Width];
        for (int x = 0; x < Width; x++)
        {
            ProjectedDay day = projection.Days[(int)Math.Round((double)x / (Width - 1) * (projection.Days.Length - 1))];
            for (int i = 0; i < day.Usd.Length; i++)
            {
                if (day.Usd[i] > 0)
                {
                    int y = (int)Math.Round((Math.Log10(day.Usd[i]) - low) / (high - low) * (Height - 1));
                    cells[Math.Clamp(y, 0, Height - 1), x] = cells[Math.Clamp(y, 0, Height - 1), x] == '\0' ? Mark(i) : '*';
                }
            }
        }

        output.WriteLine("USD a day (logarithmic; * where lines meet)");
        var decades = Enumerable.Range((int)low, (int)(high - low) + 1)
            .ToDictionary(power => (int)Math.Round((power - low) / (high - low) * (Height - 1)), power => Math.Pow(10, power));
        for (int y = Height - 1; y >= 0; y--)
        {
            string label = decades.TryGetValue(y, out double value) ? value.ToString("#,0.######", CultureInfo.InvariantCulture).PadLeft(12) : new string(' ', 12);
            string row = string.Concat(Enumerable.Range(0, Width).Select(x => cells[y, x] == '\0' ? ' ' : cells[y, x]));
            output.WriteLine($"{label} |{row.TrimEnd()}");
        }

        output.WriteLine($"{new string(' ', 13)}+{new string('-', Width)}");
        output.WriteLine($"{new string(' ', 14)}day 1{$"day {projection.Days.Length:N0}".PadLeft(Width - 5)}");
        output.WriteLine();
    }
}
