using System.Globalization;
using System.Net;
using FineTuneFlow.Core.Failures;
using NCrontab;

namespace FineTuneFlow.Local.Settings;

/// <summary>Settings of the local host itself; those of storage and providers are read by their adapters.</summary>
public sealed record LocalHostOptions
{
    /// <summary>Folder of the engine's database and of what the watcher remembers.</summary>
    public required string Home { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0: a free one.</summary>
    public int Port { get; init; } = 7071;

    /// <summary>Asked of every caller where set; needed to listen beyond the loopback address.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How often drops are looked for.</summary>
    public TimeSpan DropPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When the night's retraining begins, in UTC; null: never by itself.</summary>
    public CrontabSchedule? NightlySchedule { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public LogFormat LogFormat { get; init; }

    /// <summary>End when standard input closes, so that nothing is left when the parent process is killed.</summary>
    public bool ParentWatch { get; init; }

    /// <exception cref="FlowException">InvalidInput, naming the setting.</exception>
    public static LocalHostOptions Read(IConfiguration settings)
    {
        string? key = settings["ApiKey"] is { Length: > 0 } given ? given : null;
        if (key is { Length: < 16 })
        {
            throw Wrong("ApiKey", "is shorter than 16 characters", "Use a random one, such as openssl rand -hex 24 makes.");
        }

        IPAddress address = settings["ListenAddress"] switch
        {
            null or "" or "localhost" => IPAddress.Loopback,
            var text when IPAddress.TryParse(text, out IPAddress? parsed) => parsed,
            var text => throw Wrong("ListenAddress", $"is \"{text}\", which is not an IP address", "Leave it out for 127.0.0.1."),
        };
        if (!IPAddress.IsLoopback(address) && key is null)
        {
            throw Wrong("ListenAddress", $"is {address}, which others can reach, and there is no ApiKey", "Set ApiKey, or listen on 127.0.0.1.");
        }

        return new LocalHostOptions
        {
            Home = Path.GetFullPath(settings["FTF_HOME"] is { Length: > 0 } home ? home : ".finetuneflow"),
            Address = address,
            Port = (int)Number(settings, "Port", 0, 65535, 7071),
            ApiKey = key,
            DropPoll = TimeSpan.FromSeconds(Number(settings, "DropWatchSeconds", 0.1, 86_400, 2)),
            NightlySchedule = Schedule(settings["NightlySchedule"]),
            LogFormat = settings["LogFormat"] is not { Length: > 0 } format ? LogFormat.Text
                : Enum.TryParse(format, ignoreCase: true, out LogFormat parsedFormat) && Enum.IsDefined(parsedFormat) ? parsedFormat
                : throw Wrong("LogFormat", $"is \"{format}\"", "Text or Json."),
            LogLevel = settings["LogLevel"] is not { Length: > 0 } level ? LogLevel.Information
                : Enum.TryParse(level, ignoreCase: true, out LogLevel parsedLevel) ? parsedLevel
                : throw Wrong("LogLevel", $"is \"{level}\"", $"One of {string.Join(", ", Enum.GetNames<LogLevel>())}."),
            ParentWatch = bool.TryParse(settings["ParentWatch"], out bool watch) && watch,
        };
    }

    private static CrontabSchedule? Schedule(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 })
            ?? throw Wrong("NightlySchedule", $"is \"{text}\", which is not a schedule", "Write six fields, seconds first: 0 30 2 * * * is every night at 02:30 UTC.");

    private static double Number(IConfiguration settings, string name, double min, double max, double without) => settings[name] switch
    {
        null or "" => without,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max => value,
        var text => throw Wrong(name, $"is \"{text}\"", string.Create(CultureInfo.InvariantCulture, $"Give a number from {min} to {max}.")),
    };

    private static FlowException Wrong(string setting, string message, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"the setting {message}", remedy, Field: setting));
}
