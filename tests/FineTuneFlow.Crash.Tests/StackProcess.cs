using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.Crash.Tests;

/// <summary><c>ftf up</c> with all that it starts, on plain files in a home folder, to be killed one by one.</summary>
internal sealed class StackProcess : IDisposable
{
    /// <summary>What <c>up</c> ends with where something of the stack before still goes down.</summary>
    private const int Conflict = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly StackHome _home;
    private readonly Process _up;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StackProcess(StackHome home, Process up)
    {
        (_home, _up) = (home, up);
        up.OutputDataReceived += (_, line) => Keep(line.Data);
        up.ErrorDataReceived += (_, line) => Keep(line.Data);
        up.BeginOutputReadLine();
        up.BeginErrorReadLine();
    }

    public bool HasExited => _up.HasExited;

    /// <summary>What it has said, for the message of a failed campaign.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines.TakeLast(30));
            }
        }
    }

    /// <summary>Its services by name, once it is ready.</summary>
    public IReadOnlyDictionary<string, int> Services { get; private set; } = new Dictionary<string, int>();

    /// <summary>Begins; <see cref="ReadyAsync"/> says when it is up.</summary>
    public static StackProcess Begin(StackHome home)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "ftf.dll"), "up", "--settings", home.Settings },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = home.Folder,
        };
        foreach ((string option, int port) in new[] { ("--port", home.Port), ("--simulator-port", home.SimulatorPort) })
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        }

        start.Environment["FTF_HOME"] = home.Folder;
        return new StackProcess(home, Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }

    /// <summary>Starts the stack as a person would: where something of the one before is still there, once more.</summary>
    public static async Task<StackProcess> UpAsync(StackHome home, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            StackProcess stack = Begin(home);
            if (await stack.ReadyAsync(cancellation))
            {
                return stack;
            }

            string said = stack.Output;
            int code = stack._up.ExitCode;
            stack.Dispose();
            (code == Conflict && patience.Elapsed < Patience).ShouldBeTrue($"ftf up ended with {code}:\n{said}");
        }
    }

    /// <summary>SIGKILL to <c>up</c> itself, or to one of its services.</summary>
    /// <param name="name">up, host or simulator.</param>
    public void Kill(string name)
    {
        if (name == "up")
        {
            _up.Kill();
            return;
        }

        using var service = Process.GetProcessById(Services[name]);
        service.Kill();
    }

    /// <summary>Returns when it has ended, and with it all its services.</summary>
    public async Task EndedAsync(CancellationToken cancellation)
    {
        await _up.WaitForExitAsync(cancellation).WaitAsync(Patience, cancellation);
        foreach (int id in Services.Values)
        {
            try
            {
                using var service = Process.GetProcessById(id);
                await service.WaitForExitAsync(cancellation).WaitAsync(Patience, cancellation);
            }
            catch (ArgumentException)
            {
                // It is gone.
            }
        }
    }

    public void Dispose()
    {
        if (!_up.HasExited)
        {
            // Its services watch the pipe that closes with it.
            _up.Kill();
            _up.WaitForExit();
        }

        _up.Dispose();
    }

    private async Task<bool> ReadyAsync(CancellationToken cancellation)
    {
        await Task.WhenAny(_ready.Task, _up.WaitForExitAsync(cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (!_ready.Task.IsCompleted)
        {
            return false;
        }

        Services = StackFile.Read(_home.Folder)?.Services ?? Services;
        return true;
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }

        if (line.StartsWith("Ready in", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}

/// <summary>A state folder with ports of its own.</summary>
internal sealed class StackHome : IDisposable
{
    public StackHome()
    {
        TcpListener[] free = [new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)];
        foreach (TcpListener listener in free)
        {
            listener.Start();
        }

        (Port, SimulatorPort) = (((IPEndPoint)free[0].LocalEndpoint).Port, ((IPEndPoint)free[1].LocalEndpoint).Port);
        foreach (TcpListener listener in free)
        {
            listener.Dispose();
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ftf-crash-stack-").FullName;

    public int Port { get; }

    public int SimulatorPort { get; }

    public string Settings => Path.Combine(Folder, "settings.json");

    public Uri Api => new($"http://127.0.0.1:{Port}/api/");

    public Uri Simulator => new($"http://127.0.0.1:{SimulatorPort}/");

    public string Baselines => Path.Combine(Folder, "baselines");

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A trainer whose shell was killed may still write there; what a campaign has found must not be hidden behind it.
        }
    }
}
