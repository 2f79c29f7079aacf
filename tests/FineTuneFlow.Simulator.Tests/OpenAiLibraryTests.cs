using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Files;
using OpenAI.FineTuning;

namespace FineTuneFlow.Simulator.Tests;

#pragma warning disable OPENAI001 // The library marks fine-tuning as experimental.

public sealed class OpenAiLibraryTests
{
    [Fact]
    public async Task The_official_library_can_do_the_whole_way()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(simulator.Address, "/v1") });

        OpenAIFile file = await client.GetOpenAIFileClient().UploadFileAsync(
            BinaryData.FromString(Reviews.Chat(Reviews.Make(60))), "train.jsonl", FileUploadPurpose.FineTune);
        file.Purpose.ShouldBe(FilePurpose.FineTune);

        FineTuningClient fineTuning = client.GetFineTuningClient();
        FineTuningJob job = await fineTuning.FineTuneAsync("gpt-4o-mini", file.Id, waitUntilCompleted: false);
        await simulator.WaitForJobAsync(job.JobId);
        job = await fineTuning.GetJobAsync(job.JobId);
        job.Status.ShouldBe(FineTuningStatus.Succeeded);
        string model = job.Value.ShouldNotBeNull();

        var events = new List<string>();
        await foreach (FineTuningEvent one in job.GetEventsAsync(new GetEventsOptions()))
        {
            events.Add(one.Message);
        }

        events.ShouldContain("The job has successfully completed");
        (await client.GetOpenAIModelClient().GetModelAsync(model)).Value.Id.ShouldBe(model);

        ChatCompletion answer = await client.GetChatClient(model).CompleteChatAsync(
            [new UserChatMessage("terrible broken useless")],
            new ChatCompletionOptions { Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 3, MaxOutputTokenCount = 5 });
        answer.Content[0].Text.ShouldBe("negative");
        answer.ContentTokenLogProbabilities[0].TopLogProbabilities.Count.ShouldBe(3);
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        answer.Usage.InputTokenCount.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task An_error_reads_as_the_library_expects_it()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        var client = new OpenAIClient(
            new ApiKeyCredential("any"),
            new OpenAIClientOptions { Endpoint = new Uri(simulator.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

        ClientResultException refused = await Should.ThrowAsync<ClientResultException>(
            async () => await client.GetChatClient("gpt-0").CompleteChatAsync(new UserChatMessage("x")));

        refused.Status.ShouldBe(404);
        refused.Message.ShouldContain("model_not_found");
        JsonNode.Parse(refused.GetRawResponse()!.Content.ToString())!["error"]!["param"]!.GetValue<string>().ShouldBe("model");
    }
}
