using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Samples;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>A real host over plain files, with the simulator as its provider, in a folder of its own. The host can be stopped and
/// started again on the same port.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-pages-");
    private readonly int _port = FreePort();
    private readonly string? _key;
    private WebApplication? _simulator;
    private WebApplication? _host;
    private Process? _process;

    private Stack(string? key)
    {
        _key = key;
        Address = $"http://127.0.0.1:{_port}";
        Http = new HttpClient { BaseAddress = new Uri(Address + "/api/") };
        if (key is not null)
        {
            Http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    public string Address { get; }

    public HttpClient Http { get; }

    public HttpClient Simulator { get; } = new();

    public string Folder => _folder.FullName;

    /// <param name="key">That the host asks for; null: none.</param>
    /// <param name="asProcess">The host is a process of its own.</param>
    public static async Task<Stack> StartAsync(string? key = null, bool asProcess = false)
    {
        var stack = new Stack(key);
        stack._simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = Path.Combine(stack.Folder, "simulator"), Speed = 200,
        });
        await stack._simulator.StartAsync();
        stack.Simulator.BaseAddress = new Uri(stack._simulator.Urls.First());
        stack.Simulator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test");
        await (asProcess ? stack.StartProcessAsync() : stack.StartHostAsync());
        return stack;
    }

    public async Task StartHostAsync()
    {
        string[] key = _key is null ? [] : ["--ApiKey", _key];
        _host = LocalHost.Build([.. Settings(), .. key]);
        await _host.StartAsync();
    }

    /// <summary>The host as a process of its own, which can be killed.</summary>
    public async Task StartProcessAsync()
    {
        string program = Path.ChangeExtension(typeof(LocalHost).Assembly.Location, ".dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, .. Settings()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            try
            {
                using HttpResponseMessage health = await Http.GetAsync("health", TestContext.Current.CancellationToken);
                if (health.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                _process.HasExited.ShouldBeFalse("the host has ended: " + (_process.HasExited ? await _process.StandardError.ReadToEndAsync() : ""));
            }
        }
    }

    /// <summary>SIGKILL: nothing of the host gets to say goodbye.</summary>
    public async Task KillProcessAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    private string[] Settings() =>
    [
        "--FTF_HOME", Folder, "--Port", _port.ToString(CultureInfo.InvariantCulture), "--DropWatchSeconds", "0.5", "--LogLevel", "Error",
        "--DefaultProvider", "simulator", "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", _simulator!.Urls.First() + "/v1/",
        // Never asked: its models' ends are shown.
        "--Providers:openai:Kind", "openai", "--Providers:openai:BaseAddress", "http://127.0.0.1:9/v1/", "--Providers:openai:Key", "none",
    ];

    public async Task StopHostAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
            _host = null;
        }
    }

    /// <summary>A CSV of made-up reviews.</summary>
    public string Reviews(int rows, string name = "reviews.csv", int seed = 42)
    {
        string file = Path.Combine(Folder, name);
        using FileStream stream = File.Create(file);
        SampleReviews.Write(stream, rows, seed);
        return file;
    }

    /// <summary>Drops a file with a recipe and gives the run's id.</summary>
    public async Task<string> DropAsync(string project, string file, string? recipe)
    {
        using var form = new MultipartFormDataContent { { new StringContent(project), "project" } };
        if (recipe is not null)
        {
            form.Add(new StringContent(recipe, Encoding.UTF8), "recipe");
        }

        form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", Path.GetFileName(file));
        using HttpResponseMessage response = await Http.PostAsync("runs", form);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<StartedRun>(FlowJson.Compact))!.RunId;
    }

    public async Task PromoteAsync(string project, string runId, string candidate)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync($"projects/{project}/models/promote", new { runId, candidate, by = "Ana" });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until the run is as asked; the test's own limit is the end of patience.</summary>
    public async Task<RunView> UntilAsync(string runId, Func<RunView, bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            RunView run = (await Http.GetFromJsonAsync<RunView>($"runs/{runId}", FlowJson.Compact, TestContext.Current.CancellationToken))!;
            if (condition(run))
            {
                return run;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillProcessAsync();
        await StopHostAsync();
        if (_simulator is not null)
        {
            await _simulator.StopAsync();
            await _simulator.DisposeAsync();
        }

        Http.Dispose();
        Simulator.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
