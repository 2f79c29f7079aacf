using System.Net.Http.Headers;

namespace FineTuneFlow.Simulator.Tests;

public sealed class AuthenticationTests
{
    [Fact]
    public async Task Without_a_key_everything_but_health_is_refused_in_the_services_shape()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        simulator.Client.DefaultRequestHeaders.Authorization = null;

        (await simulator.Client.GetStringAsync("/health")).ShouldBe("ok");
        foreach (string path in new[] { "/v1/models", "/v1/files", "/simulator/ledger", "/openai/v1/models", "/nowhere" })
        {
            (await simulator.ErrorAsync(HttpMethod.Get, path)).ShouldBe((401, "invalid_request_error"), path);
        }
    }

    [Fact]
    public async Task A_configured_key_is_the_only_one()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { Key = "right" });

        (await simulator.ErrorAsync(HttpMethod.Get, "/v1/models")).ShouldBe((401, "invalid_api_key"));
        simulator.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "right");
        await simulator.GetAsync("/v1/models");
    }

    [Fact]
    public async Task The_api_key_header_counts_on_the_azure_side_alone()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        simulator.Client.DefaultRequestHeaders.Authorization = null;
        simulator.Client.DefaultRequestHeaders.Add("api-key", "some");

        await simulator.GetAsync("/openai/v1/models");
        (await simulator.SendAsync(HttpMethod.Get, "/v1/models")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task An_unknown_address_is_404()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        (await simulator.SendAsync(HttpMethod.Get, "/v1/nothing")).Status.ShouldBe(404);
    }
}
