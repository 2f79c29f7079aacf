using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.Together;

public sealed class TogetherJobWireTests
{
    private static readonly TogetherJobWire Wire = new(new ProviderOptions
    {
        Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = new Uri("http://127.0.0.1/v1/"), PriceKey = "together", Profile = BuiltInProfiles.Get("together"),
    });

    private static readonly JobRequest Request = new() { Model = "meta-llama/Llama", TrainingFile = "t", Suffix = "s", Metadata = ImmutableSortedDictionary<string, string>.Empty };

    [Fact]
    public void A_job_is_written_to_the_letter()
    {
        const string End = ""","training_method":{"method":"sft"},"training_type":{"type":"Lora","lora_r":16,"lora_alpha":32}}""";

        Wire.Body(Request, null).ToString().ShouldBe("""{"model":"meta-llama/Llama","training_file":"t","suffix":"s","n_checkpoints":1,"batch_size":"max""" + '"' + End);
        Wire.Body(Request with { Epochs = 3, BatchSize = 8, LearningRateMultiplier = 2, Seed = 7 }, "unused").ToString().ShouldBe(
            """{"model":"meta-llama/Llama","training_file":"t","suffix":"s","n_checkpoints":3,"n_epochs":3,"batch_size":8,"learning_rate":2E-05""" + End);
        Wire.Body(Request with { ValidationFile = "v" }, null).ToString().ShouldContain(""","validation_file":"v","n_evals":1,""");
    }

    [Fact]
    public void A_job_is_read_member_by_member()
    {
        ProviderJob job = Wire.Job(Json("""
            {"id":"ft-1","model":"meta-llama/Llama","status":"Error","created_at":"2026-11-22T10:00:00Z","updated_at":"2026-11-22T11:00:00Z","token_count":1200,"training_file":"file-t","suffix":"s",
             "error":"line 7 of \"a text that is much too long to be repeated to anybody\" is bad","n_epochs":3,"batch_size":8,"learning_rate":2e-5,"model_output_name":"o"}
            """))!;

        (job.Id, job.Model, job.State, job.RawState, job.TunedModel, job.TrainedTokens, job.TrainingFile, job.Suffix).ShouldBe(
            ("ft-1", "meta-llama/Llama", JobState.Failed, "Error", null, 1200, "file-t", "s"));
        (job.CreatedAt, job.FinishedAt).ShouldBe((new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.Zero)));
        (job.ErrorCode, job.ErrorMessage, job.Epochs, job.BatchSize).ShouldBe(("Error", "line 7 of \"…\" is bad", 3, 8));
        job.LearningRateMultiplier!.Value.ShouldBe(2, 1e-12); // 2e-5 of 1e-5
    }

    [Fact]
    public void A_job_that_tells_nothing_but_its_id_is_read()
    {
        ProviderJob job = Wire.Job(Json("""{"id":"ft-1","updated_at":1700000000}"""))!;

        job.ShouldBe(new ProviderJob { Id = "ft-1", Model = "", State = JobState.Unknown, RawState = "", Metadata = job.Metadata, ResultFiles = job.ResultFiles });
        (job.Metadata.Count, job.ResultFiles.Length).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("pending", JobState.Pending)]
    [InlineData("queued", JobState.Queued)]
    [InlineData("compressing", JobState.Running)]
    [InlineData("uploading", JobState.Running)]
    [InlineData("cancel_requested", JobState.Running)]
    [InlineData("completed", JobState.Succeeded)]
    [InlineData("failed", JobState.Failed)] // OpenAI's word
    [InlineData("other", JobState.Unknown)]
    public void A_jobs_state_is_its_word(string word, JobState state) => Wire.Job(Json($$"""{"id":"ft-1","status":"{{word}}"}"""))!.State.ShouldBe(state);

    [Theory]
    [InlineData("""{"step":20,"model_output_name":"o","path":"p"}""", 20, "o")]
    [InlineData("""{"path":"p"}""", 0, "p")]
    [InlineData("""{"step":20}""", null, null)]
    public void A_checkpoint_is_read(string json, int? step, string? model) =>
        Wire.Checkpoint(Json(json)).ShouldBe(model is null ? null : new JobCheckpoint(step!.Value, model));

    private static JsonElement Json(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
