using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests.Batches;

public sealed class BatchTests
{
    [Fact]
    public async Task Every_line_is_answered_under_its_own_id_and_refused_ones_go_to_the_error_file()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string input = await simulator.UploadAsync(Line("a", "gpt-4o") + Line("b", "gpt-0") + Line("c", "gpt-4o"), purpose: "batch");

        JsonNode batch = await WaitAsync(simulator, await CreateAsync(simulator, input));

        batch["status"]!.GetValue<string>().ShouldBe("completed");
        batch["request_counts"]!.ToJsonString().ShouldBe("""{"total":3,"completed":2,"failed":1}""");
        List<JsonNode> answered = await LinesAsync(simulator, batch["output_file_id"]!.GetValue<string>());
        answered.Select(line => line["custom_id"]!.GetValue<string>()).ShouldBe(["a", "c"]);
        answered[0]["response"]!["body"]!["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("5");
        (await LinesAsync(simulator, batch["error_file_id"]!.GetValue<string>()))[0]["response"]!["status_code"]!.GetValue<int>().ShouldBe(404);
        (await simulator.GetAsync("/v1/batches"))["data"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_broken_input_file_fails_the_batch_with_the_line()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string input = await simulator.UploadAsync(Line("a", "gpt-4o") + Line("a", "gpt-4o"), purpose: "batch");

        JsonNode batch = await WaitAsync(simulator, await CreateAsync(simulator, input));

        batch["status"]!.GetValue<string>().ShouldBe("failed");
        batch["errors"]!["data"]![0]!["message"]!.GetValue<string>().ShouldContain("Line 2");
    }

    [Fact]
    public async Task A_cancelled_batch_ends_as_cancelled()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { ValidateFor = TimeSpan.FromSeconds(10) });
        string id = await CreateAsync(simulator, await simulator.UploadAsync(Line("a", "gpt-4o"), purpose: "batch"));

        await simulator.PostAsync($"/v1/batches/{id}/cancel");

        JsonNode batch = await WaitAsync(simulator, id);
        batch["status"]!.GetValue<string>().ShouldBe("cancelled");
        batch["output_file_id"].ShouldBeNull();
    }

    private static string Line(string id, string model) =>
        $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"{{{model}}}","temperature":0,"messages":[{"role":"system","content":"Rate from 1 to 5."},{"role":"user","content":"excellent, I love it, it is perfect"}]}}""" + "\n";

    private static async Task<string> CreateAsync(RunningSimulator simulator, string input) => (await simulator.PostAsync("/v1/batches", new JsonObject
    {
        ["input_file_id"] = input,
        ["endpoint"] = "/v1/chat/completions",
        ["completion_window"] = "24h",
    }))["id"]!.GetValue<string>();

    private static async Task<JsonNode> WaitAsync(RunningSimulator simulator, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            JsonNode batch = await simulator.GetAsync($"/v1/batches/{id}");
            if (batch["status"]!.GetValue<string>() is "completed" or "failed" or "cancelled")
            {
                return batch;
            }

            await Task.Delay(5, patience.Token);
        }
    }

    private static async Task<List<JsonNode>> LinesAsync(RunningSimulator simulator, string file) =>
        [.. (await simulator.Client.GetStringAsync($"/v1/files/{file}/content")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
