using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Crash.Tests;

/// <summary>What a host stands on and what outlives it: storage, the simulator, a folder for its database.</summary>
internal sealed class Cloud(CampaignOptions options) : IAsyncDisposable
{
    private readonly Azurite _azurite = new();
    private readonly Dictionary<string, List<(string Model, string Row)>> _recorded = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-crash-");
    private WebApplication _simulator = null!;
    private HttpClient _http = null!;

    public IBlobStore Store { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> Settings { get; private set; } = null!;

    public static async Task<Cloud> StartAsync(CampaignOptions options, double speed = 2)
    {
        var cloud = new Cloud(options);
        await cloud._azurite.InitializeAsync();
        cloud._simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = Path.Combine(cloud._folder.FullName, "simulator"), Speed = speed,
        });
        await cloud._simulator.StartAsync();
        string address = cloud._simulator.Urls.First();
        cloud._http = new HttpClient { BaseAddress = new Uri(address) };
        cloud._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "crash");
        cloud.Store = new AzureBlobStore(StorageOptions.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Datasets"] = cloud._azurite.ConnectionString }).Build()));
        cloud.Settings = new Dictionary<string, string>
        {
            ["FTF_HOME"] = Path.Combine(cloud._folder.FullName, "home"),
            ["Port"] = "0",
            ["ParentWatch"] = "true",
            ["DropWatchSeconds"] = "0.2",
            ["LogLevel"] = "Warning",
            ["Datasets"] = cloud._azurite.ConnectionString,
            ["DefaultProvider"] = "simulator",
            ["Providers__simulator__Kind"] = "simulator",
            ["Providers__simulator__Profile"] = options.Profile,
            ["Providers__simulator__BaseAddress"] = address + options.Side + "/",
            ["Providers__simulator__Key"] = "crash",
        }.Concat(options.ServiceSettings(address)).ToDictionary();
        return cloud;
    }

    public async Task FaultsAsync(string plan)
    {
        using var content = new StringContent(plan, Encoding.UTF8, "application/json");
        (await _http.PutAsync("/simulator/faults", content)).EnsureSuccessStatusCode();
    }

    /// <summary>Names of what stands at the simulator's control plane.</summary>
    public async Task<string[]> DeploymentsAsync(string account) =>
        [.. JsonNode.Parse(await _http.GetStringAsync($"{account}/deployments?api-version=2026-01-01"))!["value"]!.AsArray().Select(one => one!["name"]!.GetValue<string>())];

    public Uri Simulator => _http.BaseAddress!;

    public async Task<JsonNode> LedgerAsync() => JsonNode.Parse(await _http.GetStringAsync("/simulator/ledger?rows=true"))!;

    public async Task DropAsync(string project, string csv, string recipe)
    {
        await Store.WriteBytesAsync(RunPaths.ProjectRecipe(project), Encoding.UTF8.GetBytes(recipe));
        await Store.WriteBytesAsync(RunPaths.Drop(project, "reviews.csv"), Encoding.UTF8.GetBytes(csv));
    }

    /// <summary>When a host has last noted that it began; null: none has.</summary>
    public async Task<DateTimeOffset?> LastStartAsync(CancellationToken cancellation) =>
        await new HostStarts(Store, TimeProvider.System).ListAsync(cancellation) is [.., var last] ? last : null;

    /// <summary>The runs' own records, as far as there are any.</summary>
    public async Task<List<RunRecord>> RunsAsync()
    {
        var records = new List<RunRecord>();
        await foreach (BlobEntry entry in Store.ListAsync(RunPaths.Runs, ""))
        {
            if (entry.Path.Name.EndsWith("/run.json", StringComparison.Ordinal))
            {
                records.Add(await Store.ReadJsonAsync<RunRecord>(entry.Path));
            }
        }

        return records;
    }

    /// <summary>For every row of every recorded chunk: how often it was asked up to now. A recorded chunk does not change, so each
    /// is read once.</summary>
    public async Task<Dictionary<(string Model, string Row), int>> AskedInRecordedChunksAsync()
    {
        await foreach (BlobEntry entry in Store.ListAsync(RunPaths.Runs, ""))
        {
            string[] path = entry.Path.Name.Split('/');
            if (path is [var run, "predictions", var candidate, var chunk] && !_recorded.ContainsKey(entry.Path.Name)
                && await Store.FindJsonAsync<ProviderJob>(RunPaths.Job(run, candidate)) is { Value.TunedModel: { } model })
            {
                string name = options.Deploys ? ModelDeployment.NameOf(run, candidate) : model;
                _recorded[entry.Path.Name] = await RowsAsync(name, TrainingForm.FamilyOf(model), BlobPath.Of(RunPaths.Runs, $"{run}/evaluation/{Path.GetFileNameWithoutExtension(chunk)}.jsonl"));
            }
        }

        JsonNode inference = (await LedgerAsync())["inference"]!;
        var asked = new Dictionary<(string, string), int>();
        foreach ((string Model, string Row) key in _recorded.Values.SelectMany(keys => keys))
        {
            asked[key] = inference[key.Model]?["rows"]?[key.Row]?.GetValue<int>()
                ?? throw new InvalidOperationException($"{key.Model} has a recorded answer for a row that the simulator was never asked");
        }

        return asked;
    }

    private async Task<List<(string Model, string Row)>> RowsAsync(string model, ModelFamily family, BlobPath chunk)
    {
        var form = new TrainingForm(family);
        return
        [
            .. (await Store.ReadLinesAsync<DatasetRow>(chunk)).Select(row =>
            {
                string question = form.Family == ModelFamily.Completion ? form.Prompt(row.Text) : row.Text;
                return (model, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)))[..16]);
            }),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _azurite.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}
