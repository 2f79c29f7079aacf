using System.Globalization;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>How figures are written for people: never NaN, never more digits than they carry.</summary>
internal static class Formatting
{
    public const string Absent = "–";

    public static string Share(double? value, int digits = 1) => value is { } known && double.IsFinite(known)
        ? (known * 100).ToString("F" + digits, CultureInfo.InvariantCulture) + " %"
        : Absent;

    public static string Number(double? value, int digits = 3) =>
        value is { } known && double.IsFinite(known) ? known.ToString("F" + digits, CultureInfo.InvariantCulture) : Absent;

    /// <summary>A score in its unit: shares in per cent, the others as numbers.</summary>
    public static string Score(Score score, double? value) => score.IsShare() ? Share(value) : Number(value);

    public static string Range(Score score, Interval? interval) => interval is null
        ? Absent
        : score.IsShare()
            ? $"{Number(interval.Low * 100, 1)}–{Number(interval.High * 100, 1)} %"
            : $"{Number(interval.Low)}–{Number(interval.High)}";

    public static string Difference(Score score, double value) => score.IsShare()
        ? Signed(value * 100, 1) + " points"
        : Signed(value, 3);

    public static string DifferenceRange(Score score, Interval? interval) => interval is null
        ? Absent
        : score.IsShare()
            ? $"{Signed(interval.Low * 100, 1)} to {Signed(interval.High * 100, 1)}"
            : $"{Signed(interval.Low, 3)} to {Signed(interval.High, 3)}";

    public static string P(double value) => value < 0.001 ? "p < 0.001" : $"p = {value.ToString("F3", CultureInfo.InvariantCulture)}";

    public static string Usd(double? value) => value is not { } known || !double.IsFinite(known)
        ? Absent
        : known == 0 ? "$0" : Math.Abs(known) switch
        {
            < 0.0001 => "below $0.0001",
            < 0.01 => "$" + known.ToString("F4", CultureInfo.InvariantCulture),
            < 1 => "$" + known.ToString("F3", CultureInfo.InvariantCulture),
            _ => "$" + known.ToString("N2", CultureInfo.InvariantCulture),
        };

    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

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
        : known.TotalSeconds < 90
            ? $"{known.TotalSeconds:F0} s"
            : known.TotalMinutes < 90 ? $"{known.TotalMinutes:F0} min" : $"{known.TotalHours:F1} h";

    public static string Milliseconds(double? value) => value is not { } known
        ? Absent
        : known < 10 ? $"{Number(known, 1)} ms" : known < 10_000 ? $"{known:F0} ms" : $"{known / 1000:F1} s";

    private static string Signed(double value, int digits)
    {
        string shown = Math.Abs(value).ToString("F" + digits, CultureInfo.InvariantCulture);
        bool zero = shown.All(digit => digit is '0' or '.');
        return zero ? shown : (value < 0 ? "−" : "+") + shown;
    }
}
