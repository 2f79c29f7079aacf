using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Simulator.Tests.Inference;

public sealed class RequestRateTests
{
    [Fact]
    public async Task A_models_limit_is_told_refuses_what_is_too_much_and_fills_again()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(
            options => options with { Speed = 1, RequestsPerMinute = 3 }, clock: clock);

        (await AskAsync(simulator, "gpt-4o")).ShouldBe((HttpStatusCode.OK, "2", null));
        (await AskAsync(simulator, "gpt-4o")).ShouldBe((HttpStatusCode.OK, "1", null));
        (await AskAsync(simulator, "gpt-4o")).ShouldBe((HttpStatusCode.OK, "0", null));
        (await AskAsync(simulator, "gpt-4o")).ShouldBe((HttpStatusCode.TooManyRequests, "0", "20"));
        (await AskAsync(simulator, "gpt-4.1")).ShouldBe((HttpStatusCode.OK, "2", null), "every model has its own limit");

        clock.Advance(TimeSpan.FromSeconds(21));

        (await AskAsync(simulator, "gpt-4o")).Status.ShouldBe(HttpStatusCode.OK);
        (await simulator.GetAsync("/simulator/ledger"))["inference"]!["gpt-4o"]!["requests"]!.GetValue<int>().ShouldBe(4, "a refusal is not counted");
    }

    [Fact]
    public async Task A_deployments_capacity_is_its_limit_where_it_counts()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(
            options => options with { Speed = 1, CapacityCounts = true }, clock: clock);
        await simulator.SendAsync(
            HttpMethod.Put,
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments/mine?api-version=2024-10-01",
            new JsonObject
            {
                ["sku"] = new JsonObject { ["name"] = "standard", ["capacity"] = 1 },
                ["properties"] = new JsonObject { ["model"] = new JsonObject { ["name"] = "gpt-4o" } },
            });
        clock.Advance(TimeSpan.FromMinutes(1));

        (await AskAsync(simulator, "mine", "/openai/v1")).Status.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(simulator, "mine", "/openai/v1")).ShouldBe((HttpStatusCode.TooManyRequests, "0", "60"));
    }

    private static async Task<(HttpStatusCode Status, string? Left, string? RetryAfter)> AskAsync(RunningSimulator simulator, string model, string side = "/v1")
    {
        using HttpResponseMessage response = await simulator.Client.PostAsync($"{side}/chat/completions", new StringContent(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json"));
        return (response.StatusCode, Header(response, "x-ratelimit-remaining-requests"), Header(response, "Retry-After"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
