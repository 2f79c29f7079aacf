using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using FineTuneFlow.Functions.Http;
using FineTuneFlow.Functions.Triggers;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The product in the Functions app, from the drop to the report.</summary>
[Collection(nameof(ProductTests))]
public class ProductTests(Azurite azurite) : IAsyncLifetime
{
    /// <summary>The storage account that is the durable backend; null: the one in memory.</summary>
    protected virtual string? Backend => null;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-app-");
    private WebApplication _simulator = null!;
    private AppHost _app = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = _folder.FullName, Speed = 50 });
        await _simulator.StartAsync();
        _app = await AppHost.StartAsync(AppHost.SettingsFor(azurite.ConnectionString, _simulator.Urls.Single()), Backend);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_drop_delivered_twice_is_one_run_that_ends_with_its_report()
    {
        string project = $"p{Guid.NewGuid():N}"[..12];
        BlobClient drop = await DropAsync(project, "june.csv", Csv());

        await _app.Function<DropFunctions>().OnDrop(drop, project, "june.csv", _app.Client, TestContext.Current.CancellationToken);
        await _app.Function<DropFunctions>().OnDrop(drop, project, "june.csv", _app.Client, TestContext.Current.CancellationToken);

        JsonNode runs = await JsonAsync(await GetAsync("GetRuns", ("project", project)));
        JsonNode run = runs["runs"]!.AsArray().ShouldHaveSingleItem()!;
        string id = run["runId"]!.GetValue<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        OrchestrationMetadata end = await _app.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);

        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed, end.SerializedOutput + end.FailureDetails);
        JsonNode view = await JsonAsync(await GetAsync("GetRun", ("id", id)));
        view.ToJsonString().ShouldContain("succeeded");
        JsonNode report = await JsonAsync(await GetAsync("GetReport", ("id", id)));
        report["verdict"].ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unknown_run_is_told_as_the_local_host_tells_it()
    {
        HttpContext answer = await GetAsync("GetRun", ("id", "nobody-0000"));

        answer.Response.StatusCode.ShouldBe(404);
        answer.Response.ContentType.ShouldBe("application/problem+json");
        JsonNode problem = await JsonAsync(answer);
        problem["type"]!.GetValue<string>().ShouldBe("urn:finetuneflow:not-found");
    }

    [Fact]
    public async Task Health_asks_storage_and_engine() => (await GetAsync("GetHealth")).Response.StatusCode.ShouldBe(200);

    private async Task<HttpContext> GetAsync(string function, params (string Name, string Value)[] values)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Request.Method = "GET";
        http.Request.Path = $"/api/{function}";
        http.Request.Headers.Accept = "application/json";
        foreach ((string name, string value) in values)
        {
            if (function == "GetRuns")
            {
                http.Request.QueryString = http.Request.QueryString.Add(name, value);
            }
            else
            {
                http.Request.RouteValues[name] = value;
            }
        }

        http.Response.Body = new MemoryStream();
        Task<IResult> result = function switch
        {
            "GetRuns" => _app.Function<RunHttpFunctions>().GetRuns(http.Request, _app.Client, _app.Call()),
            "GetRun" => _app.Function<RunHttpFunctions>().GetRun(http.Request, _app.Client, _app.Call()),
            "GetReport" => _app.Function<RunHttpFunctions>().GetReport(http.Request, _app.Client, _app.Call()),
            "GetHealth" => _app.Function<ServiceHttpFunctions>().GetHealth(http.Request, _app.Client, _app.Call()),
            _ => throw new ArgumentOutOfRangeException(nameof(function)),
        };
        await (await result).ExecuteAsync(http);
        return http;
    }

    private static async Task<JsonNode> JsonAsync(HttpContext http)
    {
        http.Response.Body.Position = 0;
        return (await JsonNode.ParseAsync(http.Response.Body))!;
    }

    private async Task<BlobClient> DropAsync(string project, string name, string csv)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "drops");
        await container.CreateIfNotExistsAsync();
        BlobClient blob = container.GetBlobClient($"{project}/{name}");
        await blob.UploadAsync(new BinaryData(Encoding.UTF8.GetBytes(csv)), overwrite: true);
        return blob;
    }

    private static string Csv()
    {
        var csv = new StringBuilder("text,label\n");
        for (int row = 0; row < 240; row++)
        {
            bool good = row % 2 == 0;
            csv.Append(CultureInfo.InvariantCulture, $"parcel {row} was {(good ? "lovely and quick" : "broken and late")},{(good ? "good" : "bad")}\n");
        }

        return csv.ToString();
    }
}

/// <summary>The same over the backend that the app has without a scheduler.</summary>
[Collection(nameof(ProductTests))]
public sealed class StorageBackedProductTests(Azurite azurite) : ProductTests(azurite)
{
    private readonly string _account = azurite.ConnectionString;

    protected override string? Backend => _account;
}
