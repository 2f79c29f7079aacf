using System.Globalization;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>How figures are written for people: never NaN, never more digits than they carry.</summary>
public static class Formatting
{
    public const string Absent = "–";

    public static string Share(double? value, int digits = 1)
    {
        if (value is not { } known || !double.IsFinite(known))
        {
            return Absent;
        }

        string format = "F" + digits;
        double least = Math.Pow(10, -digits);
        return known > 0 && known * 100 < least / 2
            ? $"< {least.ToString(format, CultureInfo.InvariantCulture)} %"
            : (known * 100).ToString(format, CultureInfo.InvariantCulture) + " %";
    }

    public static string Number(double? value, int digits = 3) =>
        value is { } known && double.IsFinite(known) ? known.ToString("F" + digits, CultureInfo.InvariantCulture).Replace('-', '−') : Absent;

    /// <summary>A score in its unit: shares in per cent, the others as numbers.</summary>
    public static string Score(Score score, double? value) => score.IsShare() ? Share(value) : Number(value);

    public static string Range(Score score, Interval? interval) => interval is null
        ? Absent
        : score.IsShare()
            ? $"{Number(interval.Low * 100, 1)}–{Number(interval.High * 100, 1)} %"
            : $"{Number(interval.Low)}{(interval.Low < 0 ? " to " : "–")}{Number(interval.High)}";

    /// <summary>"56.1 % (52.8–59.4 %)"; the value alone where it has no interval.</summary>
    public static string ScoreWithRange(Score score, double? value, Interval? interval) =>
        value is null || interval is null ? Score(score, value) : $"{Score(score, value)} ({Range(score, interval)})";

    public static string Difference(Score score, double value) => score.IsShare()
        ? Signed(value * 100, 1) + " points"
        : Signed(value, 3);

    public static string DifferenceRange(Score score, Interval? interval) => interval is null
        ? Absent
        : score.IsShare()
            ? $"{Signed(interval.Low * 100, 1)} to {Signed(interval.High * 100, 1)}"
            : $"{Signed(interval.Low, 3)} to {Signed(interval.High, 3)}";

    /// <summary>"p = 0.32"; a third digit only where it may decide.</summary>
    public static string P(double value) => value < 0.001 ? "p < 0.001" : "p = " + PValue(value);

    /// <summary>The figure alone, for a column of p-values.</summary>
    public static string PValue(double value) =>
        value < 0.001 ? "< 0.001" : value.ToString(value < 0.0995 ? "F3" : "F2", CultureInfo.InvariantCulture);

    public static string Usd(double? value) => value is not { } known || !double.IsFinite(known)
        ? Absent
        : known == 0 ? "$0" : Math.Abs(known) switch
        {
            < 0.0001 => "below $0.0001",
            < 0.01 => "$" + known.ToString("F4", CultureInfo.InvariantCulture),
            < 1 => "$" + known.ToString("F3", CultureInfo.InvariantCulture),
            _ => "$" + known.ToString("N2", CultureInfo.InvariantCulture),
        };

    /// <summary>"$0.12 to $0.40", or one figure where both ends read alike.</summary>
    public static string UsdRange(Estimate estimate) => Usd(estimate.Low) == Usd(estimate.High) ? Usd(estimate.High) : $"{Usd(estimate.Low)} to {Usd(estimate.High)}";

    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 row", "2,000 rows".</summary>
    public static string Counted(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>An estimate of rows, to two digits.</summary>
    public static string Rows(double value)
    {
        if (value < 100)
        {
            return Count(Math.Ceiling(value));
        }

        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return Count(Math.Ceiling(value / unit) * unit);
    }

    public static string Duration(TimeSpan? time) => time is not { } known
        ? Absent
        : known.TotalSeconds < 1 ? "under 1 s" : known.TotalSeconds < 90
            ? $"{known.TotalSeconds:F0} s"
            : known.TotalMinutes < 90 ? $"{known.TotalMinutes:F0} min" : $"{known.TotalHours:F1} h";

    public static string Milliseconds(double? value) => value is not { } known
        ? Absent
        : known < 0.05 ? "under 0.1 ms" : known < 10 ? $"{Number(known, 1)} ms" : known < 10_000 ? $"{known:F0} ms" : $"{known / 1000:F1} s";

    private static string Signed(double value, int digits)
    {
        string shown = Math.Abs(value).ToString("F" + digits, CultureInfo.InvariantCulture);
        bool zero = shown.All(digit => digit is '0' or '.');
        return zero ? shown : (value < 0 ? "−" : "+") + shown;
    }
}
