using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Simulator.Tests.Files;

public sealed class UploadEndpointsTests
{
    [Fact]
    public async Task Parts_are_joined_in_the_order_of_their_ids()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string upload = await CreateAsync(simulator, bytes: 10);
        string second = await AddAsync(simulator, upload, "world");
        string first = await AddAsync(simulator, upload, "hello");

        JsonNode done = await simulator.PostAsync($"/v1/uploads/{upload}/complete", new JsonObject { ["part_ids"] = new JsonArray(first, second) });

        done["status"]!.GetValue<string>().ShouldBe("completed");
        string file = done["file"]!["id"]!.GetValue<string>();
        (await simulator.Client.GetStringAsync($"/v1/files/{file}/content")).ShouldBe("helloworld");
        (await simulator.SendAsync(HttpMethod.Post, $"/v1/uploads/{upload}/complete", new JsonObject { ["part_ids"] = new JsonArray(first, second) }))
            .Status.ShouldBe(400);
    }

    [Fact]
    public async Task Another_number_of_bytes_or_a_foreign_part_is_refused()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string upload = await CreateAsync(simulator, bytes: 11);
        string part = await AddAsync(simulator, upload, "hello");

        (await CompleteAsync(simulator, upload, part)).ShouldBe((400, "part_ids"));
        (await CompleteAsync(simulator, upload, "part_unknown")).ShouldBe((400, "part_ids"));
    }

    [Fact]
    public async Task After_an_hour_it_has_expired()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(clock: clock);
        string upload = await CreateAsync(simulator, bytes: 5);
        string part = await AddAsync(simulator, upload, "hello");

        clock.Advance(TimeSpan.FromHours(1));

        (await CompleteAsync(simulator, upload, part)).ShouldBe((400, "upload_expired"));
    }

    [Fact]
    public async Task A_cancelled_upload_takes_no_more()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string upload = await CreateAsync(simulator, bytes: 5);
        string part = await AddAsync(simulator, upload, "hello");

        (await simulator.PostAsync($"/v1/uploads/{upload}/cancel"))["status"]!.GetValue<string>().ShouldBe("cancelled");

        (await CompleteAsync(simulator, upload, part)).ShouldBe((400, "upload_cancelled"));
    }

    private static async Task<string> CreateAsync(RunningSimulator simulator, long bytes) => (await simulator.PostAsync("/v1/uploads", new JsonObject
    {
        ["filename"] = "big.jsonl",
        ["purpose"] = "fine-tune",
        ["bytes"] = bytes,
        ["mime_type"] = "application/jsonl",
    }))["id"]!.GetValue<string>();

    private static async Task<string> AddAsync(RunningSimulator simulator, string upload, string content)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "data", "part" } };
        using HttpResponseMessage response = await simulator.Client.PostAsync($"/v1/uploads/{upload}/parts", form);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private static Task<(int Status, string Code)> CompleteAsync(RunningSimulator simulator, string upload, string part) =>
        simulator.ErrorAsync(HttpMethod.Post, $"/v1/uploads/{upload}/complete", new JsonObject { ["part_ids"] = new JsonArray(part) });
}
