using System.Globalization;

namespace FineTuneFlow.Cli.Output;

/// <summary>Figures as a person reads them.</summary>
public static class Say
{
    public static string Percent(double? share) => share is { } value ? value.ToString("0.00 %", CultureInfo.InvariantCulture) : "";

    public static string Usd(double? usd) => usd switch
    {
        null => "",
        0 => "$0",
        < 0.01 and > -0.01 => usd.Value.ToString("$0.0000", CultureInfo.InvariantCulture),
        _ => usd.Value.ToString("$0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>A price, to three figures that count: the fractions of a cent are what a thousand answers differ by.</summary>
    public static string Price(double usd) => usd switch
    {
        0 => "$0",
        < 0.0001 => "< $0.0001",
        < 0.01 => usd.ToString("$0.0000", CultureInfo.InvariantCulture),
        < 1 => usd.ToString("$0.000", CultureInfo.InvariantCulture),
        _ => usd.ToString("$0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>From one amount to another; one alone where both read the same.</summary>
    public static string UsdRange(double low, double high)
    {
        string from = low.ToString("0.00", CultureInfo.InvariantCulture);
        string to = high.ToString("0.00", CultureInfo.InvariantCulture);
        return from == to ? $"USD {from}" : $"USD {from} to {to}";
    }

    /// <summary>A file's size, in thousands and millions of bytes.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} bytes",
        < 999_500 => (bytes / 1e3).ToString("0 kB", CultureInfo.InvariantCulture),
        _ => (bytes / 1e6).ToString("#,0.0 MB", CultureInfo.InvariantCulture),
    };

    /// <summary>In the time zone of the person.</summary>
    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As <see cref="Time"/>, for tables in which seconds do not matter.</summary>
    public static string Minute(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => $"{span.TotalMilliseconds:0} ms",
        { TotalSeconds: < 60 } => span.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min {span.Seconds:00} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes:00} min",
    };
}
