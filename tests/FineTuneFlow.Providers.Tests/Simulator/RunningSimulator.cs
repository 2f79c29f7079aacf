using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.OpenAI;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Providers.Tests.Simulator;

/// <summary>The real simulator on a free port, one for each test class, with a folder of its own.</summary>
public sealed class RunningSimulator : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-simulator-");
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _app = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0",
            State = _folder.FullName,
            Speed = 20,
            MaximumActiveJobs = 50,
        });
        await _app.StartAsync();
        Address = _app.Urls.Single();
        _http.DefaultRequestHeaders.Authorization = new("Bearer", TestProvider.Key);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    public ProviderOptions Options(ProviderKind kind) => new()
    {
        Name = "sim",
        Kind = kind,
        BaseAddress = new Uri(Address + (kind == ProviderKind.AzureOpenAI ? "/openai/v1/" : "/v1/")),
        Key = TestProvider.Key,
        PriceKey = kind == ProviderKind.AzureOpenAI ? "azureOpenAI" : "simulator",
        Deployment = kind == ProviderKind.AzureOpenAI
            ? new DeploymentOptions { Subscription = "s", ResourceGroup = "g", Account = "a", ControlPlane = new Uri(Address + "/"), Token = TestProvider.Key }
            : null,
    };

    public OpenAIProvider Provider(ProviderKind kind = ProviderKind.Simulator) => new(Options(kind), TimeProvider.System);

    public AzureModelDeployments Deployments() =>
        new(new ProviderSettings("sim", [Options(ProviderKind.AzureOpenAI)]), PriceBook.Default, TimeProvider.System);

    public async Task SetFaultsAsync(params object[] rules) =>
        (await _http.PutAsJsonAsync($"{Address}/simulator/faults", new { seed = 1, rules })).EnsureSuccessStatusCode();

    /// <summary>Jobs that were created with this value in their metadata.</summary>
    public async Task<int> JobsCountedAsync(string run)
    {
        JsonElement ledger = await _http.GetFromJsonAsync<JsonElement>($"{Address}/simulator/ledger");
        return ledger.GetProperty("jobs").EnumerateArray().Count(job => job.GetRawText().Contains(run, StringComparison.Ordinal));
    }

    /// <summary>A training file that a model can learn something from.</summary>
    public static byte[] TrainingFile(bool chat, int rows = 60)
    {
        var text = new StringBuilder();
        for (int i = 0; i < rows; i++)
        {
            bool good = i % 2 == 0;
            string review = good ? $"Wonderful, works great {i}" : $"Terrible, broke at once {i}";
            string label = good ? "5" : "1";
            text.Append(chat
                ? $$"""{"messages":[{"role":"user","content":"{{review}}"},{"role":"assistant","content":"{{label}}"}]}"""
                : $$"""{"prompt":"{{review}}\n\n###\n\n","completion":" {{label}}"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Until the job has ended.</summary>
    public static async Task<ProviderJob> EndOfAsync(OpenAIProvider provider, string job)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            ProviderJob now = (await provider.GetJobAsync(job, patience.Token)).ShouldNotBeNull();
            if (now.HasEnded)
            {
                return now;
            }

            await Task.Delay(20, patience.Token);
        }
    }
}
