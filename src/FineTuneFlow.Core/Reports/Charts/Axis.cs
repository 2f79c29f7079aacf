using System.Globalization;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>Maps values to places on a chart, linear or logarithmic, with round ticks.</summary>
internal sealed class Axis
{
    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;
    private readonly bool _logarithmic;

    private Axis(double low, double high, double from, double to, bool logarithmic, double[] ticks)
    {
        (_low, _high, _from, _to, _logarithmic) = (low, high, from, to, logarithmic);
        Ticks = ticks;
    }

    public double[] Ticks { get; }

    /// <summary>Place of a value.</summary>
    public double this[double value]
    {
        get
        {
            double share = _logarithmic ? (Math.Log10(value) - _low) / (_high - _low) : (value - _low) / (_high - _low);
            return _from + (Math.Clamp(share, -0.02, 1.02) * (_to - _from));
        }
    }

    /// <param name="values">What is to be shown; at least one.</param>
    /// <param name="from">Place of the lower end.</param>
    /// <param name="to">Place of the upper end.</param>
    /// <param name="ticks">About how many ticks.</param>
    /// <param name="least">A value that the axis must not go below, such as 0.</param>
    /// <param name="most">A value that it must not pass, such as 1.</param>
    /// <param name="tight">End at the values themselves, not at round figures: for steps and days.</param>
    public static Axis Linear(
        IEnumerable<double> values, double from, double to, int ticks = 5, double least = double.NegativeInfinity, double most = double.PositiveInfinity, bool tight = false)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        (double low, double high) = known.Length == 0 ? (0, 1) : (known.Min(), known.Max());
        if (high - low < 1e-12)
        {
            (low, high) = (low - (Math.Abs(low) * 0.05) - 0.01, high + (Math.Abs(high) * 0.05) + 0.01);
        }

        double step = Step((high - low) / Math.Max(1, ticks));
        low = tight ? low : Math.Max(least, Math.Floor((low / step) + 1e-9) * step);
        high = tight ? high : Math.Min(most, Math.Ceiling((high / step) - 1e-9) * step);
        double[] marks = [.. Enumerable.Range(0, 40).Select(i => (Math.Ceiling((low / step) - 1e-9) + i) * step).TakeWhile(value => value <= high + (step * 1e-6))];
        return new Axis(low, high, from, to, logarithmic: false, marks);
    }

    /// <summary>Ticks at decades, or at 1, 2 and 5 of each where the values span few; values must be above 0.</summary>
    public static Axis Logarithmic(IEnumerable<double> values, double from, double to)
    {
        double[] known = [.. values.Where(value => value > 0 && double.IsFinite(value))];
        (double least, double most) = known.Length == 0 ? (1, 10) : (known.Min(), known.Max());
        double[] steps = most / least <= 100 ? [1, 2, 5] : [1];
        double[] round =
        [
            .. from power in Enumerable.Range((int)Math.Floor(Math.Log10(least)) - 1, (int)Math.Ceiling(Math.Log10(most / least)) + 4)
               from step in steps
               select step * Math.Pow(10, power),
        ];
        double low = round.Last(tick => tick <= least * (1 + 1e-9));
        double high = round.First(tick => tick >= most * (1 - 1e-9) && tick > low);
        return new Axis(Math.Log10(low), Math.Log10(high), from, to, logarithmic: true, [.. round.Where(tick => tick >= low && tick <= high)]);
    }

    /// <summary>A plain figure with no more digits than the tick needs.</summary>
    public static string Plain(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : "0.####", CultureInfo.InvariantCulture);

    public static string PerCent(double value) => (value * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    public static string Usd(double value) => value == 0
        ? "$0"
        : value < 1000
            ? "$" + value.ToString("0.######", CultureInfo.InvariantCulture)
            : value < 1e6 ? "$" + (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k" : "$" + (value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M";

    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double share = rough / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }
}
