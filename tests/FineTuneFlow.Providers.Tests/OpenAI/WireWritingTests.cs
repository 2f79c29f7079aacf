using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>The bodies that are sent, to the letter, and what refusals teach about them.</summary>
public sealed class WireWritingTests
{
    private static readonly ModelQuestion Chat = new()
    {
        Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("system", "s"), new ChatTurn("user", "u")], MaxTokens = 4, Temperature = 0, TopLogProbabilities = 25,
    };

    private static readonly JobRequest Bare = new() { Model = "m", TrainingFile = "t", Suffix = "s", Metadata = ImmutableSortedDictionary<string, string>.Empty };

    private static readonly JobRequest Full = Bare with
    {
        ValidationFile = "v", Seed = 7, Epochs = 2, BatchSize = 8, LearningRateMultiplier = 0.5, Tier = TrainingTier.Developer,
        Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("run", "r").Add("candidate", "c"),
    };

    [Fact]
    public void A_chat_question_is_written_by_the_profiles_names()
    {
        const string Messages = """{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],""";

        Body(Chat, "gateway").ShouldBe(Messages + '"' + """max_tokens":4,"logprobs":true,"top_logprobs":20,"temperature":0}""");
        Body(Chat with { TopLogProbabilities = 3 }, "openai").ShouldBe(Messages + '"' + """max_completion_tokens":4,"logprobs":true,"top_logprobs":3,"temperature":0}""");
        Body(Chat with { TopLogProbabilities = 0, Temperature = null, ReasoningEffort = "low" }, "gateway").ShouldBe(Messages + '"' + """max_tokens":4,"reasoning_effort":"low"}""");
        Body(Chat, "gateway", new AskingManner(LimitField: "max_completion_tokens")).ShouldContain("\"max_completion_tokens\":4,");
    }

    [Fact]
    public void A_service_may_take_the_number_of_alternatives_for_true()
    {
        ProviderOptions options = Of("gateway") with { Profile = BuiltInProfiles.Get("gateway") with { CountsLogProbabilities = true } };

        QuestionWriting.Body(Chat, options, AskingManner.Standard).ToString().ShouldEndWith("""{"role":"user","content":"u"}],"max_tokens":4,"logprobs":20,"temperature":0}""");
        QuestionWriting.Body(Chat with { TopLogProbabilities = 0 }, options, AskingManner.Standard).ToString().ShouldNotContain("logprobs");
    }

    [Fact]
    public void A_legacy_question_has_a_prompt_and_at_most_five_alternatives()
    {
        ModelQuestion legacy = Chat with { Family = ModelFamily.Completion, Messages = [new ChatTurn("user", "p")] };

        Body(legacy, "openai").ShouldBe("""{"model":"m","prompt":"p","max_tokens":4,"logprobs":5,"temperature":0}""");
        Body(legacy with { TopLogProbabilities = 2, Temperature = null }, "azure").ShouldBe("""{"model":"m","prompt":"p","max_tokens":4,"logprobs":2}""");
        Body(legacy with { TopLogProbabilities = 0 }, "openai").ShouldBe("""{"model":"m","prompt":"p","max_tokens":4,"temperature":0}""");
        QuestionWriting.Route(ModelFamily.Completion).ShouldBe("completions");
        QuestionWriting.Route(ModelFamily.Chat).ShouldBe("chat/completions");
    }

    [Fact]
    public void A_model_that_thinks_is_asked_without_sampling_and_given_room()
    {
        ModelQuestion asked = new AskingManner(Sampling: false, Effort: "low").Apply(Chat);
        (asked.ReasoningEffort, asked.Temperature, asked.TopLogProbabilities, asked.MaxTokens).ShouldBe(("low", null, 0, 4 + 2_048));
        // Without being told how long, it takes what medium takes; what the question has planned already is not added again.
        new AskingManner(Sampling: false, TakesEffort: false).Apply(Chat).MaxTokens.ShouldBe(4 + 8_192);
        new AskingManner(Sampling: false).Apply(Chat with { ReasoningEffort = "low", MaxTokens = 4 + 2_048 }).MaxTokens.ShouldBe(4 + 2_048);
        new AskingManner(Sampling: false, Effort: "minimal").Apply(Chat with { ReasoningEffort = "low", MaxTokens = 3_000 }).MaxTokens.ShouldBe(3_000);
        AskingManner.Standard.Apply(Chat).ShouldBe(Chat);
        new AskingManner(TakesEffort: false).Apply(Chat with { ReasoningEffort = "low" }).ReasoningEffort.ShouldBeNull();
    }

    [Theory]
    [InlineData("temperature", null, true, "none", true, null)]
    [InlineData("top_p", null, true, "none", true, null)]
    [InlineData("logprobs", null, true, "none", true, null)]
    [InlineData("top_logprobs", null, true, "none", true, null)]
    [InlineData(null, "Unsupported value: temperature does not support 0", true, "none", true, null)]
    [InlineData("reasoning_effort", "Supported values are: 'high', 'low' and 'medium'.", false, "low", true, null)]
    [InlineData("reasoning_effort", "Supported values are: 'none' and 'low'.", true, "none", true, null)]
    [InlineData("reasoning_effort", "Unknown parameter", true, null, false, null)]
    [InlineData("max_tokens", null, true, null, true, "max_completion_tokens")]
    [InlineData(null, "Use max_completion_tokens instead", true, null, true, "max_completion_tokens")]
    public void A_refusal_teaches_how_to_ask(string? param, string? message, bool sampling, string? effort, bool takesEffort, string? limit) =>
        AskingManner.Standard.Learn(Chat, "max_tokens", param, message).ShouldBe(new AskingManner(sampling, effort, takesEffort, limit));

    [Fact]
    public void A_second_refusal_teaches_more_and_one_about_anything_else_nothing()
    {
        // Thinking cannot be turned off, and so nothing is sampled.
        new AskingManner(Effort: "none").Learn(Chat, "max_tokens", "temperature", null).ShouldBe(new AskingManner(Sampling: false, Effort: "none"));
        AskingManner.Standard.Learn(Chat with { ReasoningEffort = "low" }, "max_tokens", "temperature", null).ShouldBe(new AskingManner(Sampling: false));
        new AskingManner(TakesEffort: false).Learn(Chat, "max_tokens", "temperature", null).ShouldBe(new AskingManner(Sampling: false, TakesEffort: false));
        new AskingManner(Effort: "none").Learn(Chat, "max_tokens", "reasoning_effort", "Unknown").ShouldBe(new AskingManner(Sampling: false, TakesEffort: false));
        new AskingManner(Effort: "low").Learn(Chat, "max_tokens", "reasoning_effort", "Supported values are low").ShouldBe(new AskingManner(Sampling: false, TakesEffort: false));
        AskingManner.Standard.Learn(Chat with { ReasoningEffort = "low" }, "max_tokens", "reasoning_effort", "Supported values are low").ShouldBe(new AskingManner(TakesEffort: false));
        AskingManner.Standard.Learn(Chat, "max_tokens", "reasoning_effort", null).ShouldBe(new AskingManner(TakesEffort: false));
        AskingManner.Standard.Learn(Chat, "max_completion_tokens", "max_completion_tokens", null).ShouldBe(new AskingManner(LimitField: "max_tokens"));

        new AskingManner(Sampling: false).Learn(Chat, "max_tokens", "temperature", null).ShouldBeNull();
        new AskingManner(TakesEffort: false).Learn(Chat, "max_tokens", "reasoning_effort", null).ShouldBeNull();
        new AskingManner(LimitField: "max_tokens").Learn(Chat, "max_tokens", "max_tokens", null).ShouldBeNull();
        AskingManner.Standard.Learn(Chat, "max_tokens", "messages", null).ShouldBeNull();
        AskingManner.Standard.Learn(Chat, "max_tokens", null, null).ShouldBeNull();
        AskingManner.Standard.Learn(Chat, "max_tokens", null, "The temperatures are fine").ShouldBeNull();
    }

    [Fact]
    public void What_one_question_has_learned_all_others_know()
    {
        var manners = new AskingManners("max_tokens");
        AskingManner learned = manners.Learn(Chat, AskingManner.Standard, Refusal("temperature"))!;
        learned.Effort.ShouldBe("none");
        manners.Of("m").ShouldBe(learned);
        manners.Of("other").ShouldBe(AskingManner.Standard);
        // Another question of the same moment, refused in the manner that was standard: it is told what is known by now.
        manners.Learn(Chat, AskingManner.Standard, Refusal("max_tokens")).ShouldBe(learned);
        manners.Learn(Chat, learned, Refusal("max_tokens")).ShouldBe(learned with { LimitField = "max_completion_tokens" });
        manners.Learn(Chat, learned, Refusal("messages")).ShouldBeNull();
        manners.Learn(Chat, learned, new ServiceAnswer(500, BinaryData.FromString("""{"error":{"param":"max_tokens"}}"""), null)).ShouldBeNull();
        manners.LearnInBatchesOnly("m");
        manners.Of("m").ShouldBe(learned with { LimitField = "max_completion_tokens", InBatchesOnly = true });
        manners.LearnInBatchesOnly("new");
        manners.Of("new").ShouldBe(AskingManner.Standard with { InBatchesOnly = true });

        static ServiceAnswer Refusal(string param) => new(400, BinaryData.FromString($$$"""{"error":{"param":"{{{param}}}"}}"""), null);
    }

    [Theory]
    [InlineData("openai", """{"model":"m","training_file":"t","suffix":"s","metadata":{},"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":"auto","batch_size":"auto","learning_rate_multiplier":"auto"}}}}""")]
    [InlineData("nebius", """{"model":"m","training_file":"t","suffix":"s","hyperparameters":{"lora":true,"lora_r":16}}""")]
    public void A_job_that_leaves_everything_open_is_written(string profile, string body) => new OpenAIJobWire(Of(profile)).Body(Bare, null).ToString().ShouldBe(body);

    [Theory]
    [InlineData("openai", """{"model":"m","training_file":"t","validation_file":"v","suffix":"s","seed":7,"metadata":{"candidate":"c","run":"r"},"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":2,"batch_size":8,"learning_rate_multiplier":0.5}}}}""")]
    [InlineData("azure", """{"model":"m","training_file":"t","validation_file":"v","suffix":"s","seed":7,"trainingType":"developerTier","metadata":{"candidate":"c","run":"r"},"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":2,"batch_size":8,"learning_rate_multiplier":0.5}}}}""")]
    [InlineData("nebius", """{"model":"m","training_file":"t","validation_file":"v","suffix":"s","seed":7,"hyperparameters":{"n_epochs":2,"batch_size":8,"learning_rate_multiplier":1E-05,"lora":true,"lora_r":16}}""")]
    public void A_job_that_names_everything_is_written(string profile, string body) => new OpenAIJobWire(Of(profile)).Body(Full, null).ToString().ShouldBe(body);

    [Fact]
    public void A_service_without_seeds_is_sent_none()
    {
        ProviderOptions options = Of("openai") with { Profile = BuiltInProfiles.Get("openai") with { TakesSeed = false } };

        new OpenAIJobWire(options).Body(Full, null).ToString().ShouldNotContain("seed");
        (new OpenAIJobWire(options).Route, new OpenAIJobWire(options).ContinuesByJob).ShouldBe(("fine_tuning/jobs", false));
    }

    [Fact]
    public void A_tier_is_the_recipes_the_settings_or_the_profiles()
    {
        string Tier(TrainingTier? asked, TrainingTier? configured) => new OpenAIJobWire(Of("azure") with { Tier = configured }).Body(Bare with { Tier = asked }, null).ToString().Split("trainingType\":\"")[1].Split('"')[0];

        Tier(TrainingTier.GlobalStandard, TrainingTier.Developer).ShouldBe("globalstandard");
        Tier(null, TrainingTier.Developer).ShouldBe("developerTier");
        Tier(null, null).ShouldBe("standard");
        Failure refused = Should.Throw<FlowException>(() => new OpenAIJobWire(Of("foundry")).Body(Full, null)).Failure;
        (refused.Kind, refused.Message, refused.Remedy).ShouldBe((FailureKind.InvalidInput, "p does not train in the tier developer", "Use globalStandard, or leave the tier out"));
    }

    [Fact]
    public void Togethers_jobs_are_written_by_its_documentation()
    {
        var wire = new TogetherJobWire(Of("together"));

        (wire.Route, wire.ContinuesByJob).ShouldBe(("fine-tunes", true));
        string bare = wire.Body(Bare with { Model = "meta-llama/Llama" }, null).ToString();
        bare.ShouldStartWith("""{"model":"meta-llama/Llama","training_file":"t","suffix":"s","n_checkpoints":1""");
        bare.ShouldContain("\"batch_size\":\"max\"");
        bare.ShouldContain("""{"method":"sft"}""");
        string full = wire.Body(Full with { Model = "tuned", BaseModel = "meta-llama/Llama" }, "ft-1").ToString();
        full.ShouldStartWith("""{"model":"meta-llama/Llama","from_checkpoint":"ft-1","training_file":"t","validation_file":"v","n_evals":2,"suffix":"s","n_checkpoints":2""");
        full.ShouldContain("\"batch_size\":8");
        full.ShouldNotContain("\"max\"");
        wire.Body(Bare with { Model = "tuned", BaseModel = "meta-llama/Llama" }, null).ToString().ShouldContain("\"from_checkpoint\":\"tuned\"");
        wire.Body(Bare with { Model = "base", BaseModel = "base" }, null).ToString().ShouldNotContain("from_checkpoint");
        Should.Throw<FlowException>(() => wire.Body(Bare with { Model = "babbage-002" }, null)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        new TogetherJobWire(Of("together") with { Kind = ProviderKind.Simulator }).Body(Bare with { Model = "babbage-002" }, null).ToString().ShouldContain("babbage-002");
    }

    private static string Body(ModelQuestion question, string profile, AskingManner? manner = null) => QuestionWriting.Body(question, Of(profile), manner ?? AskingManner.Standard).ToString();

    private static ProviderOptions Of(string profile) =>
        new() { Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = new Uri("http://127.0.0.1/v1/"), PriceKey = "openai", Profile = BuiltInProfiles.Get(profile) };
}
