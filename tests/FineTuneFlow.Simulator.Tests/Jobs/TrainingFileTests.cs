using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests.Jobs;

public sealed class TrainingFileTests
{
    [Theory]
    [InlineData("gpt-4o-mini", "{\"prompt\":\"a\",\"completion\":\"b\"}", "invalid_training_file", "prompt-completion format")]
    [InlineData("gpt-4o-mini", "not json", "invalid_training_file", "is not a JSON object")]
    [InlineData("gpt-4o-mini", "[1]", "invalid_training_file", "is not a JSON object")]
    [InlineData("gpt-4o-mini", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "invalid_training_file", "assistant")]
    [InlineData("gpt-4o-mini", "{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}", "invalid_training_file", "unknown role in message 1")]
    [InlineData("gpt-4o-mini", "{\"messages\":[{\"role\":\"user\",\"content\":5}]}", "invalid_training_file", "not text in message 1")]
    [InlineData("gpt-4o-mini", "{\"messages\":[{\"role\":\"user\",\"content\":\"<|fim_suffix|>\"},{\"role\":\"assistant\",\"content\":\"1\"}]}", "invalid_training_file", "special token")]
    [InlineData("babbage-002", "{\"messages\":[]}", "invalid_training_file", "chat format")]
    [InlineData("babbage-002", "{\"prompt\":\"a\",\"completion\":\"\"}", "invalid_training_file", "empty completion")]
    [InlineData("babbage-002", "{\"prompt\":\"a\",\"completion\":\"b\",\"c\":1}", "invalid_training_file", "unexpected key 'c'")]
    public async Task A_wrong_line_fails_the_job_with_its_number(string model, string line, string code, string says)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string good = model == "babbage-002" ? Reviews.Completion(Reviews.Make(10)) : Reviews.Chat(Reviews.Make(10));

        JsonNode job = await simulator.WaitForJobAsync(await simulator.CreateJobAsync(model, await simulator.UploadAsync(good + line + "\n" + good)));

        job["status"]!.GetValue<string>().ShouldBe("failed");
        job["error"]!["code"]!.GetValue<string>().ShouldBe(code);
        job["error"]!["param"]!.GetValue<string>().ShouldBe("training_file");
        job["error"]!["message"]!.GetValue<string>().ShouldContain("Line 11 ");
        job["error"]!["message"]!.GetValue<string>().ShouldContain(says);
        job["trained_tokens"].ShouldBeNull();
    }

    [Fact]
    public async Task Nine_examples_are_too_few()
    {
        (await FailedAsync(Reviews.Chat(Reviews.Make(9)), Reviews.Chat(Reviews.Make(9)))).ShouldBe(("invalid_n_examples", "training_file"));
    }

    [Fact]
    public async Task A_broken_validation_file_is_named_as_such()
    {
        (await FailedAsync(Reviews.Chat(Reviews.Make(10)), "nonsense\n")).ShouldBe(("invalid_validation_file", "validation_file"));
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_fault()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await simulator.TrainAsync("gpt-4o-mini", "\uFEFF" + Reviews.Chat(Reviews.Make(10)));
    }

    [Fact]
    public async Task A_file_deleted_before_the_job_is_over_fails_it()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { ValidateFor = TimeSpan.FromSeconds(20) });
        string file = await simulator.UploadAsync(Reviews.Chat(Reviews.Make(10)));
        string id = await simulator.CreateJobAsync("gpt-4o-mini", file);
        await simulator.SendAsync(HttpMethod.Delete, $"/v1/files/{file}");

        (await simulator.WaitForJobAsync(id))["error"]!["code"]!.GetValue<string>().ShouldBe("deleted_training_file");
    }

    private static async Task<(string Code, string Param)> FailedAsync(string training, string validation)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string validationFile = await simulator.UploadAsync(validation);
        JsonNode job = await simulator.WaitForJobAsync(await simulator.CreateJobAsync(
            "gpt-4o-mini", await simulator.UploadAsync(training), body => body["validation_file"] = validationFile));
        return (job["error"]!["code"]!.GetValue<string>(), job["error"]!["param"]!.GetValue<string>());
    }
}
