using System.Collections.Immutable;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Workflow.Checkups;

namespace FineTuneFlow.Cli.Stack;

/// <summary>What <c>ftf doctor</c> looks at, in this order.</summary>
internal static class StackChecks
{
    private const long LittleSpace = 1L * 1024 * 1024 * 1024;
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(2);

    public static async Task<ImmutableArray<CheckupLine>> LookAsync(StackOptions options, CancellationToken cancellation)
    {
        var lines = ImmutableArray.CreateBuilder<CheckupLine>();
        foreach (Func<StackOptions, CancellationToken, Task<CheckupLine>> check in All)
        {
            lines.Add(await check(options, cancellation));
        }

        return lines.ToImmutable();
    }

    private static readonly IReadOnlyList<Func<StackOptions, CancellationToken, Task<CheckupLine>>> All =
    [
        (options, _) => Task.FromResult(Runtime(options)),
        (options, _) => Task.FromResult(Disk(options)),
        (options, _) => Task.FromResult(Rights(options)),
        (options, _) => Task.FromResult(Clock(options)),
        (options, _) => Task.FromResult(Settings(options)),
        StackAsync,
        (options, _) => Task.FromResult(Port(options, options.Port, "the host", "--port")),
        (options, _) => Task.FromResult(Port(options, options.SimulatorPort, "the simulator", "--simulator-port")),
    ];

    private static CheckupLine Runtime(StackOptions options) =>
        new CheckupLine("runtime", CheckupGrade.Good, $".NET {Environment.Version} on {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");

    private static CheckupLine Disk(StackOptions options)
    {
        try
        {
            long free = new DriveInfo(Existing(options.Home)).AvailableFreeSpace;
            string what = $"{free / 1024.0 / 1024 / 1024:0.0} GB free for {StackPaths.Shown(options.Home)}";
            return free >= LittleSpace
                ? new CheckupLine("disk", CheckupGrade.Good, what)
                : new CheckupLine("disk", CheckupGrade.Bad, what, "Make room, or delete old runs: ftf clean --older-than 30d");
        }
        catch (Exception unknown) when (unknown is IOException or ArgumentException)
        {
            return new CheckupLine("disk", CheckupGrade.Good, $"its free space is not known ({unknown.Message})");
        }
    }

    /// <summary>A file is made and taken away again where the state lies.</summary>
    private static CheckupLine Rights(StackOptions options)
    {
        string probe = Path.Combine(Existing(options.Home), $".doctor-{Guid.NewGuid():N}");
        try
        {
            LocalDisk.Instance.Create(probe).Dispose();
            File.Delete(probe);
            return new CheckupLine("rights", CheckupGrade.Good, $"{StackPaths.Shown(options.Home)} can be written");
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            return new CheckupLine("rights", CheckupGrade.Bad, DiskFaults.Of(fault, "the state folder", options.Home).Failure.Message, "Give this user the right to write there, or name another folder with FTF_HOME");
        }
    }

    /// <summary>A clock that was set back makes versions look older than what they replaced.</summary>
    private static CheckupLine Clock(StackOptions options)
    {
        string database = Path.Combine(options.Home, "engine.db-wal");
        DateTime newest = File.Exists(database) ? File.GetLastWriteTimeUtc(database) : DateTime.MinValue;
        return newest <= DateTime.UtcNow + ClockSlack
            ? new CheckupLine("clock", CheckupGrade.Good, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC")
            : new CheckupLine("clock", CheckupGrade.Bad, $"it shows {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, and the state was written at {newest:yyyy-MM-dd HH:mm} UTC", "Set the clock right; timers wait for the time that they were given");
    }

    private static CheckupLine Settings(StackOptions options)
    {
        try
        {
            var settings = StackSettings.Read(options.Settings, options.Store);
            string providers = settings.SimulatorNames.Count == 0 ? "no simulator" : $"simulator as {string.Join(", ", settings.SimulatorNames)}";
            return new CheckupLine("settings", CheckupGrade.Good, $"{settings.File ?? "none"}: storage {settings.Storage.ToString().ToLowerInvariant()}, {providers}");
        }
        catch (FlowException wrong)
        {
            return new CheckupLine("settings", CheckupGrade.Bad, wrong.Failure.ToString());
        }
    }

    private static async Task<CheckupLine> StackAsync(StackOptions options, CancellationToken cancellation)
    {
        if (StackFile.Read(options.Home) is not { } stack)
        {
            return new CheckupLine("stack", CheckupGrade.Good, "does not run");
        }

        using var client = new HostClient(stack.Host);
        return await client.IsWellAsync(cancellation)
            ? new CheckupLine("stack", CheckupGrade.Good, $"runs at {stack.Host} (process {stack.Process})")
            : new CheckupLine("stack", CheckupGrade.Good, "was not stopped in order; what it ran goes on at the next ftf up");
    }

    private static CheckupLine Port(StackOptions options, int port, string service, string option)
    {
        if (PortHolder.IsFree(port))
        {
            return new CheckupLine("ports", CheckupGrade.Good, $"{port} is free for {service}");
        }

        string holder = PortHolder.Of(port) is { } who ? $" by {who}" : "";
        bool ours = StackFile.Read(options.Home) is not null;
        return ours
            ? new CheckupLine("ports", CheckupGrade.Good, $"{port} is in use{holder}; a stack runs on this folder")
            : new CheckupLine("ports", CheckupGrade.Notice, $"{port}, which {service} needs, is taken{holder}", $"Stop what has it, or give another with {option}");
    }

    private static string Existing(string folder)
    {
        string at = Path.GetFullPath(folder);
        while (!Directory.Exists(at))
        {
            at = Path.GetDirectoryName(at)!;
        }

        return at;
    }
}
