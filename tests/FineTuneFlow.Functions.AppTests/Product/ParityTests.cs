using System.Collections.Concurrent;
using System.Text;
using FineTuneFlow.Api;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Composition;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Local.Http;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The app's HTTP functions, routed by their own attributes, beside the local host's API over the same storage and
/// engine: the same request gets the same answer.</summary>
[Collection(nameof(ProductTests))]
public sealed class ParityTests(Azurite azurite) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, bool> _answered = new();
    private AppHost _app = null!;
    private WebApplication _functions = null!;
    private WebApplication _local = null!;

    public async ValueTask InitializeAsync()
    {
        Dictionary<string, string?> settings = AppHost.SettingsFor(azurite.ConnectionString, more: ("OpenAI__WebhookSecret", "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw=="));
        _app = await AppHost.StartAsync(settings);

        WebApplicationBuilder host = Builder();
        _functions = host.Build();
        _app.Map(_functions, name => _answered[name] = true);
        await _functions.StartAsync();

        host = Builder();
        host.Configuration.AddInMemoryCollection(settings.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => pair.Value));
        host.Services.AddFineTuneFlowFunctions(host.Configuration);
        host.Services.AddSingleton<IDurableClient>(services => new DurableFunctionsClient(() => _app.Client, services.GetRequiredService<IHttpClientFactory>()));
        _local = host.Build();
        _local.MapFlowApi(new LocalHostOptions { Home = Path.GetTempPath() });
        await _local.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _local.DisposeAsync();
        await _functions.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Every_route_answers_alike_in_both_hosts()
    {
        (string Request, string? Body)[] cases =
        [
            ("GET runs", null),
            ("GET runs?top=0", null),
            ("GET runs?outcome=finished", null),
            ("GET runs/nobody-0000", null),
            ("GET runs/nobody-0000/history", null),
            ("GET runs/nobody-0000/report", null),
            ("GET runs/nobody-0000/report?format=pdf", null),
            ("GET runs/nobody-0000/artifacts", null),
            ("GET runs/nobody-0000/archive", null),
            ("GET runs/nobody-0000/artifacts/dataset/manifest.json", null),
            ("GET runs/nobody-0000/artifacts/..%2F..%2Frecipes", null),
            ("POST runs", "{"),
            ("POST runs", """{"project":"reviews","drops":"june.csv"}"""),
            ("POST runs", """{"project":"reviews","drop":"nowhere.csv"}"""),
            ("POST runs", null),
            ("POST runs/nobody-0000/approval", """{"approved":true}"""),
            ("POST runs/nobody-0000/approval", """{"aproved":true}"""),
            ("POST runs/nobody-0000/cancel", null),
            ("POST runs/nobody-0000/suspend", null),
            ("POST runs/nobody-0000/resume", null),
            ("POST runs/nobody-0000/rerun", null),
            ("GET runs/nobody-0000/marks", null),
            ("DELETE runs/nobody-0000", null),
            ("DELETE refused?drop=drops/nobody/june.csv", null),
            ("DELETE refused", null),
            ("GET runs/nobody-0000/compare", null),
            ("GET runs/nobody-0000/rows?show=most", null),
            ("GET runs/nobody-0000/cascade?small=a&large=b", null),
            ("GET runs/nobody-0000/dataset?split=test", null),
            ("GET runs/nobody-0000/review?source=everything", null),
            ("GET runs/nobody-0000/corrections", null),
            ("POST runs/nobody-0000/corrections", """{"row":"a","label":"b"}"""),
            ("DELETE runs/nobody-0000/corrections/a", null),
            ("POST datasets/check", "{}"),
            ("POST recipes/check", """{"version":1,"dataset":{"lable":"stars"}}"""),
            ("GET projects", null),
            ("GET projects/nobody", null),
            ("GET projects/Not%20A%20Name/recipe", null),
            ("GET projects/nobody/recipe", null),
            ("PUT projects/reviews/recipe", """{"version":1,"dataset":{"lable":"stars"}}"""),
            ("GET projects/nobody/models", null),
            ("POST projects/nobody/models/promote", """{"runId":"nobody-0000","candidate":"a"}"""),
            ("POST projects/nobody/models/rollback", null),
            ("POST projects/nobody/predict", """{"text":"lovely"}"""),
            ("POST projects/nobody/predict", """{"txt":"lovely"}"""),
            ("POST projects/nobody/feedback", """{"text":"lovely"}"""),
            ("GET projects/nobody/feedback", null),
            ("PUT projects/nobody/feedback/a", """{"label":"good"}"""),
            ("DELETE projects/nobody/feedback/a", null),
            ("GET projects/nobody/holdout", null),
            ("POST projects/nobody/holdout", """{"runId":"nobody-0000","by":"Ana","reason":"typing errors"}"""),
            ("DELETE projects/nobody/holdout/20260101-000000-abcd", null),
            ("GET projects/nobody/trend", null),
            ("POST projects/nobody/retrain?dryRun=true", null),
            ("GET v1/models", null),
            ("POST v1/chat/completions", """{"model":"nobody","messages":[{"role":"user","content":"lovely"}]}"""),
            ("POST v1/completions", """{"model":"nobody","prompt":"lovely"}"""),
            ("GET providers", null),
            ("GET costs/projection", null),
            ("GET costs/projection?days=never", null),
            ("POST webhooks/openai", """{"type":"fine_tuning.job.succeeded"}"""),
            ("POST mcp", "{"),
            ("POST mcp", null),
            ("GET health", null),
            ("GET openapi.json", null),
        ];
        foreach ((string request, string? body) in cases)
        {
            string expected = await AnswerAsync(_local, request, body);
            string actual = await AnswerAsync(_functions, request, body);
            actual.ShouldBe(expected, $"{request} {body}");
        }

        _answered.Keys.ShouldBe(ApiRoutes.All.Select(route => route.Name), ignoreOrder: true);
    }

    private static WebApplicationBuilder Builder()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        return builder;
    }

    /// <summary>Status, headers and body as one text.</summary>
    private static async Task<string> AnswerAsync(WebApplication server, string request, string? body)
    {
        using HttpClient client = server.GetTestClient();
        string[] parts = request.Split(' ', 2);
        using var message = new HttpRequestMessage(new HttpMethod(parts[0]), $"/api/{parts[1]}");
        if (body is not null)
        {
            message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage answer = await client.SendAsync(message);
        return $"{(int)answer.StatusCode} {answer.Content.Headers.ContentType}\n{answer.Headers}\n{await answer.Content.ReadAsStringAsync()}";
    }
}
