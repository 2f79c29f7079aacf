using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTuneFlow.Tests;

/// <summary>A real storage emulator (blobs, queues, tables) for the tests of one assembly, on free ports and in a folder of its own. Register it with
/// <c>[assembly: AssemblyFixture(typeof(Azurite))]</c> and take it in a test's constructor. It is started when the first test asks for its address, since
/// a run of a few tests mostly needs none.</summary>
public sealed partial class Azurite : IAsyncLifetime
{
    // The emulator's published account; no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly DirectoryInfo _folder;
    private readonly Lazy<string> _connection;
    private Process? _process;

    public Azurite()
        : this(Directory.CreateTempSubdirectory("ftf-azurite-"))
    {
    }

    private Azurite(DirectoryInfo folder)
    {
        _folder = folder;
        _connection = new Lazy<string>(() => StartAsync().GetAwaiter().GetResult());
    }

    /// <summary>One whose data lie in a folder of the test's.</summary>
    public static Azurite In(DirectoryInfo folder) => new(folder);

    /// <summary>For the setting <c>Datasets</c>, and for whatever else speaks to a storage account.</summary>
    public string ConnectionString => _connection.Value;

    /// <summary>A container name that no other test uses.</summary>
    public static string NewContainer(string prefix = "t") => $"{prefix}-{Guid.NewGuid():N}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    private async Task<string> StartAsync()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(NodeModules(), "azurite", "dist", "src", "azurite.js"),
                "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0",
                "--tableHost", "127.0.0.1", "--tablePort", "0", "--location", _folder.FullName,
                "--disableTelemetry", "--skipApiVersionCheck", "--silent",
            },
        };
        var endpoints = new Dictionary<string, string>();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        // Both pipes are read to the end: a full one would stop the emulator.
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                listening.TrySetException(new InvalidOperationException("Azurite ended before it listened; run npm ci in the repository's root"));
            }
            else if (Listening().Match(line.Data) is { Success: true } match)
            {
                endpoints[match.Groups[1].Value] = match.Groups[2].Value;
                if (endpoints.Count == 3)
                {
                    listening.TrySetResult();
                }
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + string.Concat(endpoints.Select(service => $"{service.Key}Endpoint={service.Value}/{Account};"));
    }

    /// <summary>Asks it to end, as its own users do: it then writes its tables to its folder, which stays.</summary>
    public async Task StopAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static string NodeModules()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string modules = Path.Combine(folder.FullName, "node_modules");
            if (Directory.Exists(Path.Combine(modules, "azurite")))
            {
                return modules;
            }
        }

        throw new InvalidOperationException("Azurite is not installed; run npm ci in the repository's root");
    }

    [GeneratedRegex(@"(Blob|Queue|Table) .*(http://127\.0\.0\.1:[1-9]\d*)")]
    private static partial Regex Listening();
}
