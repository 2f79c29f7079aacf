using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>The folder of one local execution: state.json (ours), claim, pid and exit (the shell's around the program), in/, out/
/// and console.log. Everything that must be known after the host was killed lies here.</summary>
internal sealed class LocalExecution(string folder)
{
    /// <summary>How long a child may take to claim its folder before it counts as lost.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    /// <summary>Start times of processes are only known to the clock tick, and file times to the second on some systems.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>Whoever makes the directory runs; a second start of the same folder ends at once. The exit code is moved into place,
    /// so that it is never read half-written.</summary>
    private const string Shell =
        """
        mkdir claim 2>/dev/null || exit 76
        echo $$ > pid.part && mv pid.part pid
        [ -e cancelled ] && exit 0
        "$@" > console.log 2>&1 < /dev/null
        echo $? > exit.part && mv exit.part exit
        """;

    public string OutputFolder { get; } = Path.Combine(folder, "out");

    public string Console { get; } = Path.Combine(folder, "console.log");

    /// <summary>What the program has made, as paths inside its output, the files of the trained model among them.</summary>
    public IEnumerable<string> Outputs => new[] { OutputFolder, Path.Combine(OutputFolder, EncoderOutput.Model) }
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateFiles)
        .Where(file => !Path.GetFileName(file).StartsWith('.'))
        .Select(file => Path.GetRelativePath(OutputFolder, file).Replace('\\', '/'));

    public LocalState? State => ReadJson<LocalState>(Path.Combine(folder, "state.json"));

    /// <summary>Null while the program has not ended.</summary>
    public int? ExitCode => Number("exit");

    public DateTimeOffset? EndedAt => ExitCode is null ? null : File.GetLastWriteTimeUtc(Path.Combine(folder, "exit"));

    public bool IsUploaded => File.Exists(Path.Combine(folder, "uploaded"));

    public string Input(string file) => Path.Combine(folder, "in", file);

    public T? Read<T>(string output)
        where T : class =>
        ReadJson<T>(Path.Combine(OutputFolder, output));

    public void MarkUploaded() => File.WriteAllText(Path.Combine(folder, "uploaded"), "");

    /// <summary>Makes the folder anew; of what an interrupted execution has left, only the state that its trainer goes on from is kept.</summary>
    public void Clear()
    {
        string checkpoint = Path.Combine(OutputFolder, EncoderOutput.Checkpoint);
        string kept = folder + ".checkpoint";
        // A crash between the two moves leaves the state beside the folder, where the next beginning finds it.
        if (Directory.Exists(checkpoint) && !Directory.Exists(kept))
        {
            Directory.Move(checkpoint, kept);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(folder, "in"));
        Directory.CreateDirectory(OutputFolder);
        if (Directory.Exists(kept))
        {
            Directory.Move(kept, checkpoint);
        }
    }

    /// <summary>From here on the execution is found.</summary>
    public void Begin(int attempt, DateTimeOffset now) => Write(new LocalState($"local-{attempt}", attempt, now, null));

    /// <summary>Starts the program in a session of its own, so that Ctrl-C at the host does not reach it.</summary>
    public void Spawn(IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new FlowException(FailureKind.InvalidInput, "Container baselines run as a program on Linux and macOS only", "Run the host in WSL, or use a Container Apps job");
        }

        bool session = File.Exists("/usr/bin/setsid");
        var start = new ProcessStartInfo(session ? "/usr/bin/setsid" : "/bin/sh") { WorkingDirectory = folder, UseShellExecute = false };
        if (session)
        {
            start.ArgumentList.Add("/bin/sh");
        }

        foreach (string argument in new[] { "-c", Shell, "ftf-baseline" }.Concat(command))
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process? process = Process.Start(start);
    }

    /// <summary>Whether the child runs, or may still be on its way.</summary>
    public bool IsAlive(DateTimeOffset now)
    {
        if (Number("pid") is not { } pid)
        {
            return now - State!.StartedAt < StartTime;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            // A later process with the same number is not ours.
            return process.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(Path.Combine(folder, "pid")) + Slack && !process.HasExited;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Notes the cancellation first, so that the killed child does not look like a failed one. A child that has not told its
    /// number yet finds the mark when it has: either it sees the mark, or we see its number.</summary>
    public void Cancel(DateTimeOffset now)
    {
        Write(State! with { CancelledAt = now });
        File.WriteAllText(Path.Combine(folder, "cancelled"), "");
        if (Number("pid") is { } pid && IsAlive(now))
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It has just ended by itself.
            }
        }
    }

    private void Write(LocalState state)
    {
        string file = Path.Combine(folder, "state.json");
        File.WriteAllText(file + ".part", JsonSerializer.Serialize(state, FlowJson.Indented));
        File.Move(file + ".part", file, overwrite: true);
    }

    private int? Number(string name)
    {
        string file = Path.Combine(folder, name);
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    private static T? ReadJson<T>(string file)
        where T : class =>
        File.Exists(file) ? ContainerReports.Parse<T>(File.ReadAllBytes(file)) : null;
}

/// <param name="Id">The execution's id.</param>
/// <param name="Attempt">From 1; higher after an interruption.</param>
/// <param name="StartedAt">By the host's clock.</param>
/// <param name="CancelledAt">When it was stopped by us.</param>
internal sealed record LocalState(string Id, int Attempt, DateTimeOffset StartedAt, DateTimeOffset? CancelledAt);
