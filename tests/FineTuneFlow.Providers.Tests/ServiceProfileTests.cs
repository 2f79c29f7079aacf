using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.Tests;

/// <summary>What a service calls things is data: the built-in profiles, the settings over them, and the bodies that follow.</summary>
public sealed class ServiceProfileTests
{
    private static readonly JobRequest Request = new()
    {
        Model = "m", TrainingFile = "file-1", Suffix = "gpt", Seed = 7, Epochs = 2, LearningRateMultiplier = 0.5,
        Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("ftf_run", "r"),
    };

    [Fact]
    public void Every_built_in_profile_is_free_of_contradictions_and_dated()
    {
        BuiltInProfiles.Names.ShouldBe(["azure", "bedrock-mantle", "foundry", "gateway", "nebius", "openai", "simulator", "together"]);
        foreach (string name in BuiltInProfiles.Names)
        {
            BuiltInProfiles.Get(name).AsOf.ShouldBeGreaterThan(new DateOnly(2026, 11, 1), name);
        }
    }

    [Fact]
    public void A_profile_alone_configures_a_service()
    {
        ProviderOptions nebius = Read(("Providers__nebius__Profile", "nebius"), ("Providers__nebius__Key", "k"));

        nebius.Kind.ShouldBe(ProviderKind.OpenAI);
        nebius.BaseAddress.ShouldBe(new Uri("https://api.tokenfactory.nebius.com/v1/"));
        (nebius.PriceKey, nebius.Facts.KeepsMetadata, nebius.Facts.NeedsDeployment).ShouldBe(("nebius", false, false));
    }

    [Fact]
    public void The_simulator_stands_in_for_a_service_under_a_path_of_its_own()
    {
        ProviderOptions rehearsal = Read(("Providers__r__Kind", "simulator"), ("Providers__r__Profile", "together"));

        rehearsal.Facts.Simulated.ShouldBeTrue();
        rehearsal.BaseAddress.AbsolutePath.ShouldBe("/as/together/v1/");
        rehearsal.PriceKey.ShouldBe("simulator");
    }

    [Fact]
    public void Settings_override_a_profile_value_by_value()
    {
        ProviderOptions own = Read(
            ("Providers__g__Profile", "gateway"), ("Providers__g__Key", "k"), ("Providers__g__BaseAddress", "https://gateway.example/v1"),
            ("Providers__g__Profile__KeepsMetadata", "false"), ("Providers__g__Profile__FiltersByMetadata", "false"), ("Providers__g__Profile__Batches", "false"),
            ("Providers__g__Profile__States__completed", "succeeded"), ("Providers__g__Profile__BodyFields__role_arn", "arn:aws:iam::1:role/tuner"),
            ("Providers__g__Profile__BodyFields__nodes", "2"), ("Providers__g__Profile__Hyperparameters__Place", "flat"));

        JsonElement body = Body(new OpenAIJobWire(own));
        body.GetProperty("role_arn").GetString().ShouldBe("arn:aws:iam::1:role/tuner");
        body.GetProperty("nodes").GetInt32().ShouldBe(2);
        body.GetProperty("hyperparameters").GetProperty("n_epochs").GetInt32().ShouldBe(2);
        body.TryGetProperty("metadata", out _).ShouldBeFalse();
        Job(own, """{"id":"j","status":"COMPLETED"}""").State.ShouldBe(JobState.Succeeded);
    }

    [Theory]
    [InlineData("Profile", "Providers__s__Profile", "nebius", "mistral")]
    [InlineData("Profile__FiltersByMetadata", "Providers__s__Profile__FiltersByMetadata", "Set it to false", "true")]
    [InlineData("Profile__Batches", "Providers__s__Profile__Batches", "Set it to false", "true")]
    [InlineData("Profile__DefaultTier", "Providers__s__Profile__DefaultTier", "Tiers", "developer")]
    [InlineData("Profile__TierField", "Providers__s__Profile__Tiers", "TierField", "tier")]
    [InlineData("Profile__Metadata", "Providers__s__Profile__Metadata", "KeepsMetadata", "true")]
    [InlineData("Profile__KeepsMetadata", "Providers__s__Profile__KeepsMetadata", "true or false", "no")]
    [InlineData("Profile__States__done", "Providers__s__Profile__States__done", "succeeded", "finished")]
    [InlineData("Profile__Tiers__gold", "Providers__s__Profile__Tiers__gold", "globalStandard", "gold")]
    [InlineData("Profile__Hyperparameters__RateOfOne", "Providers__s__Profile__Hyperparameters__RateOfOne", "2e-5", "fast")]
    [InlineData("Profile__Hyperparameters__BatchSize", "Providers__s__Profile__Hyperparameters", "its own name", "n_epochs")]
    [InlineData("Profile__BodyFields__model", "Providers__s__Profile__BodyFields__model", "Remove it", "other")]
    [InlineData("Profile__SuffixLength", "Providers__s__Profile__SuffixLength", "from 8 to 64", "4")]
    [InlineData("Profile__AnswerLimitField", "Providers__s__Profile__AnswerLimitField", "max_completion_tokens", "limit")]
    [InlineData("Kind", "Providers__s__Kind", "Leave Kind out", "azureOpenAI")]
    public void A_profile_that_contradicts_itself_is_told_with_its_setting_and_what_to_do(string setting, string field, string remedy, string value)
    {
        FlowException refused = Should.Throw<FlowException>(() => Read(
            ("Providers__s__Profile", "nebius"), ("Providers__s__Key", "k"), ($"Providers__s__{setting}", value)));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Field.ShouldBe(field);
        refused.Failure.Remedy.ShouldNotBeNull().ShouldContain(remedy);
    }

    [Fact]
    public void Nebius_takes_absolute_rates_in_a_flat_object_and_what_is_left_to_it_is_left_out()
    {
        ProviderOptions nebius = Of("nebius");

        JsonElement body = Body(new OpenAIJobWire(nebius));

        JsonElement flat = body.GetProperty("hyperparameters");
        flat.GetProperty("learning_rate_multiplier").GetDouble().ShouldBe(1e-5, 1e-12);
        flat.GetProperty("lora").GetBoolean().ShouldBeTrue();
        flat.TryGetProperty("batch_size", out _).ShouldBeFalse();
        body.TryGetProperty("method", out _).ShouldBeFalse();
        Job(nebius, """{"id":"j","status":"running","hyperparameters":{"learning_rate_multiplier":1e-5}}""").LearningRateMultiplier!.Value.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void Foundry_trains_in_its_one_tier_and_refuses_others_by_name()
    {
        ProviderOptions foundry = Of("foundry", ProviderKind.AzureOpenAI);

        Body(new OpenAIJobWire(foundry)).GetProperty("trainingType").GetString().ShouldBe("globalStandard");
        FlowException refused = Should.Throw<FlowException>(() => new OpenAIJobWire(foundry).Body(Request with { Tier = TrainingTier.Developer }, null));
        refused.Failure.Remedy.ShouldNotBeNull().ShouldContain("globalStandard");
        foundry.Profile.Deployment!.FormatOf("gpt-oss-20b.ft-1-x").ShouldBe("Microsoft");
        foundry.Profile.Deployment!.FormatOf("Ministral-3B").ShouldBe("Mistral AI");
        foundry.Profile.Deployment!.FormatOf("llama-3.3-70b-instruct").ShouldBe("Meta");
        foundry.Profile.Deployment!.FormatOf("Qwen-32B").ShouldBe("Alibaba");
        foundry.Profile.Deployment!.FormatOf("gpt-4.1-mini").ShouldBe("OpenAI");
    }

    [Fact]
    public void Together_has_names_units_and_states_of_its_own()
    {
        ProviderOptions together = Of("together");
        var wire = new TogetherJobWire(together);

        JsonElement body = JsonDocument.Parse(wire.Body(Request with { BaseModel = "base", Model = "tuned" }, "ft-1")).RootElement;

        body.GetProperty("model").GetString().ShouldBe("base");
        body.GetProperty("from_checkpoint").GetString().ShouldBe("ft-1");
        body.GetProperty("learning_rate").GetDouble().ShouldBe(5e-6, 1e-12);
        body.GetProperty("batch_size").GetString().ShouldBe("max");
        body.GetProperty("training_type").GetProperty("type").GetString().ShouldBe("Lora");
        body.TryGetProperty("seed", out _).ShouldBeFalse();
        body.TryGetProperty("metadata", out _).ShouldBeFalse();
        ProviderJob running = Parse(wire, """{"id":"ft-2","status":"compressing","model_output_name":"out"}""");
        (running.State, running.TunedModel).ShouldBe((JobState.Running, null), "its name is given before there is a model");
        ProviderJob done = Parse(wire, """{"id":"ft-2","status":"completed","model_output_name":"out","token_count":99,"updated_at":"2026-11-28T10:00:00Z"}""");
        (done.State, done.TunedModel, done.TrainedTokens).ShouldBe((JobState.Succeeded, "out", 99));
        Parse(wire, """{"id":"ft-2","status":"error"}""").State.ShouldBe(JobState.Failed);
        Parse(wire, """{"id":"ft-2","status":"cancel_requested"}""").HasEnded.ShouldBeFalse();
    }

    private static ProviderJob Job(ProviderOptions options, string json) => Parse(new OpenAIJobWire(options), json);

    private static ProviderJob Parse(IJobWire wire, string json) => wire.Job(JsonDocument.Parse(json).RootElement).ShouldNotBeNull();

    private static JsonElement Body(OpenAIJobWire wire) => JsonDocument.Parse(wire.Body(Request, null)).RootElement;

    private static ProviderOptions Of(string profile, ProviderKind kind = ProviderKind.OpenAI) =>
        new() { Name = "p", Kind = kind, BaseAddress = new Uri("http://127.0.0.1/v1/"), PriceKey = "openai", Profile = BuiltInProfiles.Get(profile) };

    private static ProviderOptions Read(params (string Name, string Value)[] settings) => ProviderSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.GroupBy(one => one.Name).ToDictionary(one => one.Key, one => (string?)one.Last().Value)).Build()).All.Single();
}
