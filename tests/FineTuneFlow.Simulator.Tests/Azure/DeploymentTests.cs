using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Simulator.Tests.Azure;

public sealed class DeploymentTests
{
    private const string Path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments/mine?api-version=2024-10-01";

    [Fact]
    public async Task A_deployment_is_made_answers_after_a_while_and_goes()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(
            options => options with { Speed = 1, DeployFor = TimeSpan.FromMinutes(5) }, clock: clock);

        (int status, JsonNode made) = await simulator.SendAsync(HttpMethod.Put, Path, Body("gpt-4.1-mini"));
        status.ShouldBe(201);
        State(made).ShouldBe("Creating");
        (await AskAsync(simulator, "mine")).ShouldBe((400, "DeploymentNotReady"));

        clock.Advance(TimeSpan.FromMinutes(6));
        State(await simulator.GetAsync(Path)).ShouldBe("Succeeded");
        (await AskAsync(simulator, "mine")).ShouldBe((400, "DeploymentNotReady"), "the control plane is ahead of the service");

        clock.Advance(TimeSpan.FromMinutes(5));
        (await AskAsync(simulator, "mine")).Status.ShouldBe(200);
        (await AskAsync(simulator, "gpt-4.1-mini")).ShouldBe((404, "DeploymentNotFound"), "only the deployment's name answers");
        (await simulator.GetAsync(Path.Replace("/mine", "")))["value"]!.AsArray().Count.ShouldBe(1);

        (await simulator.SendAsync(HttpMethod.Delete, Path)).Status.ShouldBe(200);
        (await simulator.SendAsync(HttpMethod.Delete, Path)).Status.ShouldBe(204);
        (await simulator.ErrorAsync(HttpMethod.Get, Path)).ShouldBe((404, "ResourceNotFound"));
        (await AskAsync(simulator, "mine")).ShouldBe((404, "DeploymentNotFound"));
    }

    [Fact]
    public async Task What_cannot_be_deployed_is_refused()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();

        (await simulator.ErrorAsync(HttpMethod.Put, Path, Body("gpt-0"))).ShouldBe((400, "DeploymentModelNotSupported"));
        (await simulator.ErrorAsync(HttpMethod.Put, Path, new JsonObject())).Status.ShouldBe(400);
        (await simulator.ErrorAsync(HttpMethod.Put, Path.Split('?')[0], Body("gpt-4.1-mini"))).ShouldBe((400, "MissingApiVersionParameter"));
    }

    [Fact]
    public async Task Jobs_of_the_azure_side_begin_as_pending_and_name_their_models_its_way()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Reviews.Chat(Reviews.Make(10)), path: "/openai/v1/files");

        JsonNode created = await simulator.PostAsync("/openai/v1/fine_tuning/jobs", new JsonObject
        {
            ["model"] = "gpt-4.1-mini",
            ["training_file"] = file,
            ["suffix"] = "stars",
            ["trainingType"] = "globalstandard",
        });

        created["status"]!.GetValue<string>().ShouldBe("pending");
        created["trainingType"]!.GetValue<string>().ShouldBe("globalstandard");
        JsonNode done = await simulator.WaitForJobAtAsync("/openai/v1", created["id"]!.GetValue<string>());
        done["fine_tuned_model"]!.GetValue<string>().ShouldMatch("^gpt-4\\.1-mini-2025-04-14\\.ft-[a-z0-9]{32}-stars$");
    }

    private static string State(JsonNode deployment) => deployment["properties"]!["provisioningState"]!.GetValue<string>();

    private static JsonObject Body(string model) => new()
    {
        ["sku"] = new JsonObject { ["name"] = "standard", ["capacity"] = 100 },
        ["properties"] = new JsonObject { ["model"] = new JsonObject { ["format"] = "OpenAI", ["name"] = model, ["version"] = "1" } },
    };

    private static async Task<(int Status, string Code)> AskAsync(RunningSimulator simulator, string deployment)
    {
        (int status, JsonNode answer) = await simulator.SendAsync(HttpMethod.Post, "/openai/v1/chat/completions", new JsonObject
        {
            ["model"] = deployment,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }),
        });
        return (status, answer["error"]?["code"]?.GetValue<string>() ?? "");
    }
}
