using System.Text.Json.Nodes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Tests.Inference;

/// <summary>Two tuned models, trained once for all tests of the class.</summary>
public sealed class TunedModels : IAsyncLifetime
{
    internal RunningSimulator Simulator { get; private set; } = null!;

    internal string Chat { get; private set; } = "";

    internal string Completion { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Simulator = await RunningSimulator.StartAsync();
        List<LabelledText> rows = Reviews.Make(200);
        Chat = (await Simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(rows)))["fine_tuned_model"]!.GetValue<string>();
        Completion = (await Simulator.TrainAsync("babbage-002", Reviews.Completion(rows)))["fine_tuned_model"]!.GetValue<string>();
    }

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();
}

public sealed class InferenceTests(TunedModels models) : IClassFixture<TunedModels>
{
    [Fact]
    public async Task The_leading_space_of_the_completion_comes_back()
    {
        JsonNode answer = await models.Simulator.CompleteAsync(models.Completion, "terrible broken useless" + Reviews.Ending);

        answer["choices"]![0]!["text"]!.GetValue<string>().ShouldBe(" negative");
        answer["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        answer["object"]!.GetValue<string>().ShouldBe("text_completion");
        answer["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(2);
        answer["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_label_of_several_tokens_is_emitted_token_by_token_and_can_be_cut()
    {
        JsonNode whole = (await models.Simulator.ChatAsync(models.Chat, "terrible broken useless", body => body["logprobs"] = true))["choices"]![0]!;
        JsonNode cut = (await models.Simulator.ChatAsync(models.Chat, "terrible broken useless", body => body["max_tokens"] = 1))["choices"]![0]!;

        whole["message"]!["content"]!.GetValue<string>().ShouldBe("negative");
        whole["logprobs"]!["content"]!.AsArray().Select(token => token!["token"]!.GetValue<string>()).ShouldBe(["negati", "ve"]);
        whole["logprobs"]!["content"]![1]!["logprob"]!.GetValue<double>().ShouldBeGreaterThan(-0.01, "only one label begins so");
        cut["message"]!["content"]!.GetValue<string>().ShouldBe("negati");
        cut["finish_reason"]!.GetValue<string>().ShouldBe("length");
    }

    [Fact]
    public async Task Chat_gives_up_to_twenty_alternatives_with_their_bytes()
    {
        JsonNode answer = await models.Simulator.ChatAsync(models.Chat, "the best phone", body =>
        {
            body["logprobs"] = true;
            body["top_logprobs"] = 20;
        });

        JsonNode token = answer["choices"]![0]!["logprobs"]!["content"]![0]!;
        List<(string Token, double LogProbability)> top = [.. token["top_logprobs"]!.AsArray()
            .Select(one => (one!["token"]!.GetValue<string>(), one["logprob"]!.GetValue<double>()))];
        top.Count.ShouldBe(20);
        top.Select(one => one.LogProbability).ShouldBe(top.Select(one => one.LogProbability).OrderDescending());
        top[0].Token.ShouldBe(token["token"]!.GetValue<string>());
        top.Sum(one => Math.Exp(one.LogProbability)).ShouldBeInRange(0.95, 1.0);
        top.Select(one => one.Token).ShouldContain("negati");
        top.Select(one => one.Token).ShouldContain(" " + top[0].Token, "the variant with another space has a little mass");
        token["bytes"]!.AsArray().Select(b => (char)b!.GetValue<int>()).ShouldBe(top[0].Token);
    }

    [Fact]
    public async Task Text_completions_give_up_to_five_alternatives()
    {
        JsonNode choice = (await models.Simulator.CompleteAsync(models.Completion, "love it" + Reviews.Ending, body => body["logprobs"] = 5))["choices"]![0]!;

        choice["logprobs"]!["tokens"]!.AsArray().Count.ShouldBe(2);
        choice["logprobs"]!["top_logprobs"]![0]!.AsObject().Count.ShouldBe(5);
        choice["logprobs"]!["text_offset"]![0]!.GetValue<int>().ShouldBe("love it".Length + Reviews.Ending.Length);
        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/completions", new JsonObject { ["model"] = models.Completion, ["prompt"] = "x", ["logprobs"] = 6 }))
            .ShouldBe((400, "logprobs"));
    }

    [Fact]
    public async Task A_prompt_without_the_ending_of_training_is_answered_with_less_confidence()
    {
        (await ConfidenceAsync("terrible broken" + Reviews.Ending)).ShouldBeGreaterThan(1.5 * await ConfidenceAsync("terrible broken"));

        async Task<double> ConfidenceAsync(string prompt) => Math.Exp((await models.Simulator.CompleteAsync(
            models.Completion, prompt, body => body["logprobs"] = 1))["choices"]![0]!["logprobs"]!["token_logprobs"]![0]!.GetValue<double>());
    }

    [Fact]
    public async Task Several_prompts_get_an_answer_each()
    {
        JsonNode answer = await models.Simulator.CompleteAsync(
            models.Completion, new JsonArray("terrible broken" + Reviews.Ending, "excellent love perfect" + Reviews.Ending));

        answer["choices"]!.AsArray().Select(choice => choice!["text"]!.GetValue<string>()).ShouldBe([" negative", " positive"]);
    }

    [Fact]
    public async Task Draws_follow_from_the_seed_and_scatter_with_the_temperature()
    {
        List<string> hot = await DrawsAsync(temperature: 2, seed: 1);

        hot.Distinct().Count().ShouldBeGreaterThan(1);
        (await DrawsAsync(temperature: 2, seed: 1)).ShouldBe(hot);
        (await DrawsAsync(temperature: 0, seed: 1)).Distinct().Count().ShouldBe(1);

        async Task<List<string>> DrawsAsync(double temperature, int seed) => [.. (await models.Simulator.ChatAsync(models.Chat, "the app is average", body =>
        {
            body["temperature"] = temperature;
            body["seed"] = seed;
            body["n"] = 40;
        }))["choices"]!.AsArray().Select(choice => choice!["message"]!["content"]!.GetValue<string>())];
    }

    [Fact]
    public async Task A_stop_text_ends_the_answer_before_it()
    {
        JsonNode answer = await models.Simulator.ChatAsync(models.Chat, "terrible broken", body => body["stop"] = new JsonArray("ve"));
        answer["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("negati");
    }

    [Fact]
    public async Task Each_family_has_its_own_address_and_unknown_models_none()
    {
        JsonArray messages() => new(new JsonObject { ["role"] = "user", ["content"] = "x" });

        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/chat/completions", new JsonObject { ["model"] = models.Completion, ["messages"] = messages() }))
            .ShouldBe((404, "model"));
        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/completions", new JsonObject { ["model"] = "gpt-4o", ["prompt"] = "x" })).ShouldBe((404, "model"));
        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/chat/completions", new JsonObject { ["model"] = "gpt-0", ["messages"] = messages() }))
            .ShouldBe((404, "model_not_found"));
        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/chat/completions", new JsonObject { ["model"] = "gpt-4o" }))
            .ShouldBe((400, "missing_required_parameter"));
        (await models.Simulator.ErrorAsync(HttpMethod.Post, "/v1/chat/completions", new JsonObject { ["model"] = "gpt-4o", ["messages"] = messages(), ["stream_options"] = new JsonObject() }))
            .ShouldBe((400, "stream_options"));
    }

    [Fact]
    public async Task Models_are_listed_and_a_deleted_one_answers_no_more()
    {
        string model = (await models.Simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(Reviews.Make(10))))["fine_tuned_model"]!.GetValue<string>();
        (await ListAsync()).ShouldContain(model);
        (await ListAsync()).ShouldContain("gpt-3.5-turbo");

        await models.Simulator.SendAsync(HttpMethod.Delete, $"/v1/models/{model}");

        (await ListAsync()).ShouldNotContain(model);
        (await models.Simulator.SendAsync(HttpMethod.Get, $"/v1/models/{model}")).Status.ShouldBe(404);
        (await models.Simulator.SendAsync(HttpMethod.Delete, "/v1/models/gpt-4o")).Status.ShouldBe(403);

        async Task<List<string>> ListAsync() =>
            [.. (await models.Simulator.GetAsync("/v1/models"))["data"]!.AsArray().Select(one => one!["id"]!.GetValue<string>())];
    }
}
