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
