using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests.Files;

public sealed class FileEndpointsTests
{
    [Fact]
    public async Task A_file_goes_up_is_listed_read_and_deleted()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string id = await simulator.UploadAsync("{\"a\":1}\n");

        JsonNode file = await simulator.GetAsync($"/v1/files/{id}");
        file["bytes"]!.GetValue<int>().ShouldBe(8);
        file["purpose"]!.GetValue<string>().ShouldBe("fine-tune");
        file["filename"]!.GetValue<string>().ShouldBe("data.jsonl");
        file["status"]!.GetValue<string>().ShouldBe("processed");
        (await simulator.Client.GetStringAsync($"/v1/files/{id}/content")).ShouldBe("{\"a\":1}\n");

        (await simulator.SendAsync(HttpMethod.Delete, $"/v1/files/{id}")).Body["deleted"]!.GetValue<bool>().ShouldBeTrue();
        (await simulator.SendAsync(HttpMethod.Get, $"/v1/files/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_list_is_paged_and_filtered_by_purpose()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            await simulator.UploadAsync($"{{\"a\":{i}}}");
        }

        await simulator.UploadAsync("{}", purpose: "batch");

        var seen = new List<string>();
        string after = "";
        while (true)
        {
            JsonNode page = await simulator.GetAsync($"/v1/files?limit=2&purpose=fine-tune{after}");
            seen.AddRange(page["data"]!.AsArray().Select(file => file!["id"]!.GetValue<string>()));
            if (!page["has_more"]!.GetValue<bool>())
            {
                break;
            }

            after = "&after=" + page["last_id"]!.GetValue<string>();
        }

        seen.Distinct().Count().ShouldBe(5);
        seen.Count.ShouldBe(5);
        (await simulator.SendAsync(HttpMethod.Get, "/v1/files?limit=0")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("fine-tune", "data.csv", "x", 400)]
    [InlineData("fine-tune", "data.jsonl", "", 400)]
    [InlineData("dance", "data.jsonl", "x", 400)]
    public async Task What_the_service_does_not_take_is_refused_and_leaves_nothing(string purpose, string name, string content, int status)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();

        using HttpResponseMessage response = await simulator.UploadRawAsync(Encoding.UTF8.GetBytes(content), purpose, name);

        ((int)response.StatusCode).ShouldBe(status);
        (await simulator.GetAsync("/v1/files"))["data"]!.AsArray().ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(simulator.State, "files")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_azure_side_wants_a_content_type_for_the_part_and_takes_its_time()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { ProcessFileFor = TimeSpan.FromHours(1) });
        byte[] content = Encoding.UTF8.GetBytes("{}\n");

        using (HttpResponseMessage refused = await simulator.UploadRawAsync(content, path: "/openai/v1/files", contentType: null))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        using HttpResponseMessage taken = await simulator.UploadRawAsync(content, path: "/openai/v1/files");
        taken.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonNode.Parse(await taken.Content.ReadAsStringAsync())!["status"]!.GetValue<string>().ShouldBe("pending");
    }
}
