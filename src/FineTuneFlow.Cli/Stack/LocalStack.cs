using System.Diagnostics;
using System.Globalization;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Local.Backups;

namespace FineTuneFlow.Cli.Stack;

/// <summary>The local stack: simulator and host, and the storage emulator where it is asked for, each a child process that is asked
/// for its health before the next begins. None of them outlives this process.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private readonly StackOptions _options;
    private readonly List<ServiceProcess> _services = [];
    private readonly HashSet<int> _ports = [];
    private bool _announced;
    private FileStream? _lock;

    private LocalStack(StackOptions options) => _options = options;

    /// <summary>What the host writes, line by line.</summary>
    public event Action<string>? HostWrites;

    /// <summary>Starts what the settings ask for.</summary>
    /// <param name="options">Where.</param>
    /// <param name="says">Told of each service that is up.</param>
    /// <param name="cancellation">Stops what has started.</param>
    /// <exception cref="FlowException">Conflict: a port is taken or a stack runs here already; Unavailable: a service does not come up.</exception>
    public static async Task<LocalStack> StartAsync(StackOptions options, Action<StackService> says, CancellationToken cancellation)
    {
        StackSettings settings = StackSettings.Read(options.Settings, options.Store);
        await RefuseSecondAsync(options, cancellation);
        var stack = new LocalStack(options);
        try
        {
            LocalDisk.Instance.MakeFolder(options.Home);
            stack._lock = TakeLock(options.Home);
            HomeRestore.Finish(options.Home);
            stack.CheckPort(options.Port, "the host", "--port");
            await stack.StartServicesAsync(settings, says, cancellation);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when one of the services does, which none should.</summary>
    public async Task<FlowException> FirstEndAsync(CancellationToken cancellation)
    {
        Task ended = await Task.WhenAny([.. _services.Select(service => service.Ended), Task.Delay(Timeout.Infinite, cancellation)]);
        cancellation.ThrowIfCancellationRequested();
        return Died(_services.First(service => service.Ended == ended));
    }

    /// <summary>Stops the services in the order opposite to their start: the host before what it stands on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProcess service in Enumerable.Reverse(_services))
        {
            await service.DisposeAsync();
        }

        _services.Clear();
        if (_announced)
        {
            StackFile.Remove(_options.Home);
        }

        _lock?.Dispose();
    }

    /// <summary>Two that are started at once: one of them gets it.</summary>
    private static FileStream TakeLock(string home)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = LocalDisk.OwnersFile;
            }

            return new FileStream(Path.Combine(home, "stack.lock"), options);
        }
        catch (IOException held) when (!DiskFaults.IsFull(held))
        {
            throw new FlowException(
                FailureKind.Conflict, $"a stack runs already on {StackPaths.Shown(home)}, or is just being started",
                "Use it, or stop it with Ctrl-C in its terminal, or give this one another folder with FTF_HOME.", held);
        }
    }

    private static async Task RefuseSecondAsync(StackOptions options, CancellationToken cancellation)
    {
        if (StackFile.Read(options.Home) is not { } other)
        {
            return;
        }

        using var client = new HostClient(other.Host);
        if (await client.IsWellAsync(cancellation))
        {
            throw new FlowException(
                FailureKind.Conflict, $"a stack runs already on {StackPaths.Shown(options.Home)}: {other.Host} (process {other.Process})",
                "Use it, or stop it with Ctrl-C in its terminal, or give this one another folder with FTF_HOME.");
        }
    }

    private void CheckPort(int port, string service, string option)
    {
        if (!_ports.Add(port))
        {
            throw new FlowException(FailureKind.InvalidInput, $"port {port}, which {service} needs, is given to another service of the stack", $"Give another with {option}.");
        }

        if (!PortHolder.IsFree(port))
        {
            string holder = PortHolder.Of(port) is { } who ? $" by {who}" : "";
            throw new FlowException(FailureKind.Conflict, $"port {port}, which {service} needs, is taken{holder}", $"Stop what has it, or give another with {option}.");
        }
    }

    private async Task StartServicesAsync(StackSettings settings, Action<StackService> says, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string> { ["FTF_HOME"] = _options.Home, ["Port"] = _options.Port.ToString(CultureInfo.InvariantCulture), ["ParentWatch"] = "true" };
        var folders = new StorageFolders(_options.Home);
        if (settings.Storage == StackStorage.Files)
        {
            if (await folders.TakeOverAsync(cancellation) is { } blobs)
            {
                says(new StackService("storage", new Uri(folders.Files), $"{blobs:N0} files taken over from Azurite's data, which stay in {StackPaths.Shown(folders.Azurite)}"));
            }

            environment["Datasets__folder"] = folders.Files;
            says(new StackService("storage", new Uri(folders.Files), "plain files"));
        }
        else if (settings.Storage == StackStorage.Azurite)
        {
            folders.MoveOldAzurite();
            CheckPort(_options.StoragePort, "the storage emulator", "--storage-port");
            await StartAsync("storage", StorageStart(folders.Azurite), new Uri(_options.Storage, "?comp=list"), cancellation);
            environment["Datasets"] = DevelopmentStorage.ConnectionString(_options.Storage);
            says(new StackService("storage", _options.Storage, "Azurite"));
        }

        if (settings.SimulatorNames.Count > 0)
        {
            CheckPort(_options.SimulatorPort, "the simulator", "--simulator-port");
            await StartAsync("simulator", SimulatorStart(), new Uri(_options.Simulator, "models"), cancellation);
            foreach (string name in settings.SimulatorNames)
            {
                environment[$"Providers__{name}__Kind"] = "simulator";
                environment[$"Providers__{name}__BaseAddress"] = _options.Simulator.ToString();
            }

            says(new StackService("simulator", _options.Simulator, "speaks the OpenAI wire format, really trains a small classifier"));
        }

        var host = new ProcessStartInfo(StackPaths.Program("FineTuneFlow.Local")) { WorkingDirectory = StackPaths.Root };
        if (settings.File is not null)
        {
            host.ArgumentList.Add("--settings");
            host.ArgumentList.Add(settings.File);
        }

        foreach ((string name, string value) in environment)
        {
            host.Environment[name] = value;
        }

        await StartAsync("host", host, new Uri(_options.Host, "api/health"), cancellation);
        new StackFile(_options.Host, Environment.ProcessId, _services.ToDictionary(service => service.Name, service => service.Id)).Write(_options.Home);
        _announced = true;
        says(new StackService("host", _options.Host, "API under /api"));
    }

    private ProcessStartInfo StorageStart(string data)
    {
        var start = new ProcessStartInfo("node");
        LocalDisk.Instance.MakeFolder(data);
        foreach (string argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "azurite.cjs"), StackPaths.Root, "--location", data, "--blobHost", "127.0.0.1",
            "--blobPort", _options.StoragePort.ToString(CultureInfo.InvariantCulture), "--skipApiVersionCheck", "--disableTelemetry", "--silent",
        })
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private ProcessStartInfo SimulatorStart()
    {
        var start = new ProcessStartInfo(StackPaths.Program("FineTuneFlow.Simulator")) { WorkingDirectory = _options.Home };
        foreach (string argument in new[]
        {
            "--urls", $"http://127.0.0.1:{_options.SimulatorPort}", "--state", Path.Combine(_options.Home, HomeFolders.Simulator), "--parent-watch",
        })
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private async Task StartAsync(string name, ProcessStartInfo start, Uri health, CancellationToken cancellation)
    {
        ServiceProcess service = ServiceProcess.Start(name, start, _options.LogOf(name));
        _services.Add(service);
        if (name == "host")
        {
            service.LineWritten += line => HostWrites?.Invoke(line);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StartPatience);
        using var http = new HttpClient();
        bool hostMustBeWell = name == "host";
        while (true)
        {
            if (service.Ended.IsCompleted)
            {
                throw Died(service);
            }

            try
            {
                using HttpResponseMessage answer = await http.GetAsync(health, patience.Token);
                if (answer.IsSuccessStatusCode || !hostMustBeWell)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new FlowException(
                    FailureKind.Unavailable, $"the {name} did not come up within {StartPatience.TotalSeconds:0} seconds", $"See {StackPaths.Shown(_options.LogOf(name))}.");
            }

            await Task.WhenAny(service.Ended, Task.Delay(TimeSpan.FromMilliseconds(50), cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private FlowException Died(ServiceProcess service)
    {
        // What our own programs say of a failed start is worth more than that they ended.
        string? told = service.LastLines().FirstOrDefault(line => line.StartsWith("error: ", StringComparison.Ordinal))?["error: ".Length..]
            ?? (service.ExitCode is 2 or 4 && service.LastLines() is [.., var last] ? last : null);
        string how = service.ExitCode > 128 ? $"was killed (signal {service.ExitCode - 128})" : $"ended with code {service.ExitCode}";
        return told is not null
            ? new FlowException(
                service.ExitCode switch { 4 => FailureKind.Conflict, 5 => FailureKind.Unavailable, _ => FailureKind.InvalidInput },
                $"the {service.Name} {(_announced ? "has ended" : "did not start")}: {told}")
            : new FlowException(
                FailureKind.Unavailable, $"the {service.Name} {how}",
                $"Start it again with ftf up: what runs goes on. Its last lines are in {StackPaths.Shown(_options.LogOf(service.Name))}.");
    }
}
