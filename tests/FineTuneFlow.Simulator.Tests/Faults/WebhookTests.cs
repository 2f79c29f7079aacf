using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Simulator.Tests.Faults;

public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "whsec_dGVzdC1zZWNyZXQtMDEyMzQ1Njc4OQ==";
    private static readonly string Data = Reviews.Chat(Reviews.Make(12));
    private readonly Channel<(IHeaderDictionary Headers, string Body)> _received = Channel.CreateUnbounded<(IHeaderDictionary, string)>();
    private WebApplication _receiver = null!;
    private RunningSimulator _simulator = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.MapPost("/hook", async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            await _received.Writer.WriteAsync((new HeaderDictionary(http.Request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
        });
        await _receiver.StartAsync();
        _simulator = await SimulatorAsync(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task The_end_of_a_job_is_announced_and_signed()
    {
        JsonNode job = await _simulator.TrainAsync("gpt-4o-mini", Data);

        (IHeaderDictionary headers, string body) = await NextAsync();

        JsonNode json = JsonNode.Parse(body)!;
        json["type"]!.GetValue<string>().ShouldBe("fine_tuning.job.succeeded");
        json["data"]!["id"]!.GetValue<string>().ShouldBe(job["id"]!.GetValue<string>());
        byte[] signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}");
        byte[] key = Convert.FromBase64String(Secret["whsec_".Length..]);
        headers["webhook-signature"].ToString().ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
    }

    [Fact]
    public async Task A_duplicated_webhook_comes_twice_with_one_id()
    {
        await FaultTests.PlanAsync(_simulator, """{"rules":[{"match":"WEBHOOK","action":"duplicateWebhook","calls":[1]}]}""");
        await _simulator.TrainAsync("gpt-4o-mini", Data);

        (await NextAsync()).Headers["webhook-id"].ShouldBe((await NextAsync()).Headers["webhook-id"]);
    }

    [Fact]
    public async Task Events_can_come_out_of_order_or_not_at_all()
    {
        // A clock that stands still: however long the next event takes, the one that is held back waits for it.
        await using RunningSimulator simulator = await SimulatorAsync(new FakeTimeProvider(DateTimeOffset.UtcNow));
        await FaultTests.PlanAsync(simulator, """
            {"rules":[{"match":"WEBHOOK","action":"reorderWebhook","calls":[1]},{"match":"WEBHOOK","action":"dropWebhook","calls":[3]}]}
            """);
        string file = await simulator.UploadAsync(Data);
        var jobs = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            string job = await simulator.CreateJobAsync("gpt-4o-mini", file);
            await simulator.PostAsync($"/v1/fine_tuning/jobs/{job}/cancel");
            jobs.Add(job);
        }

        var order = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            order.Add(JsonNode.Parse((await NextAsync()).Body)!["data"]!["id"]!.GetValue<string>());
        }

        order.ShouldBe([jobs[1], jobs[0], jobs[3]]);
    }

    [Fact]
    public async Task An_event_that_none_follows_is_held_back_for_a_second()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using RunningSimulator simulator = await SimulatorAsync(clock);
        await FaultTests.PlanAsync(simulator, """{"rules":[{"match":"WEBHOOK","action":"reorderWebhook","calls":[1]}]}""");
        string job = await simulator.CreateJobAsync("gpt-4o-mini", await simulator.UploadAsync(Data));
        await simulator.PostAsync($"/v1/fine_tuning/jobs/{job}/cancel");

        ValueTask<(IHeaderDictionary Headers, string Body)> next = _received.Reader.ReadAsync(TestContext.Current.CancellationToken);
        // The second begins when the sender holds the event, which may be a moment after the job was cancelled.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!next.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        JsonNode.Parse((await next).Body)!["data"]!["id"]!.GetValue<string>().ShouldBe(job);
    }

    private Task<RunningSimulator> SimulatorAsync(TimeProvider clock) => RunningSimulator.StartAsync(
        options => options with { WebhookUrl = new Uri(new Uri(_receiver.Urls.Single()), "/hook"), WebhookSecret = Secret },
        clock: clock);

    private async Task<(IHeaderDictionary Headers, string Body)> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _received.Reader.ReadAsync(patience.Token);
    }
}
