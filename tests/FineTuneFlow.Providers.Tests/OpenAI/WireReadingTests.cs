using System.Globalization;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>What the services write, member by member, and what is made of it.</summary>
public sealed class WireReadingTests
{
    [Theory]
    [InlineData(401, "{}", "GetJob", FailureKind.Unauthenticated, "Check the provider's Key or Credential setting")]
    [InlineData(402, "{}", "GetJob", FailureKind.QuotaExhausted, "Add credit at the service, then rerun")]
    [InlineData(403, """{"error":{"message":"no training for you"}}""", "CreateJob", FailureKind.Forbidden, "OpenAI is closing self-serve fine-tuning; use Azure OpenAI, another service of the same wire format, or the simulator")]
    [InlineData(403, """{"error":{"message":"no"}}""", "CreateJob", FailureKind.Forbidden, "Give the key or identity the permission (Azure: Cognitive Services OpenAI Contributor)")]
    [InlineData(429, """{"error":{"type":"insufficient_quota"}}""", "Ask", FailureKind.QuotaExhausted, "Add credit or raise the budget at the service, then rerun")]
    [InlineData(429, """{"error":{"code":"BILLING_hard_limit_reached"}}""", "Ask", FailureKind.QuotaExhausted, "Add credit or raise the budget at the service, then rerun")]
    [InlineData(429, """{"error":{"code":"daily_rate_limit_exceeded"}}""", "CreateJob", FailureKind.DailyCapReached, "The run waits for the next day by itself")]
    [InlineData(429, """{"error":{"code":"max_active_jobs_exceeded"}}""", "CreateJob", FailureKind.TooManyJobs, "The run waits for a slot by itself")]
    [InlineData(429, """{"error":{"message":"2 jobs run at once already"}}""", "CreateJob", FailureKind.TooManyJobs, "The run waits for a slot by itself")]
    [InlineData(429, """{"error":{"message":"2 jobs run at once already"}}""", "Ask", FailureKind.Throttled, null)]
    [InlineData(429, """{"error":{"message":"slow down"}}""", "CreateJob", FailureKind.Throttled, null)]
    [InlineData(409, """{"error":{"code":"DeploymentNotReady"}}""", "Ask", FailureKind.Unavailable, null, 2)]
    [InlineData(500, """{"error":{"message":"loading LoRA"}}""", "Ask", FailureKind.Unavailable, null, 15)]
    [InlineData(500, """{"error":{"message":"loading LoRA"}}""", "GetJob", FailureKind.Unavailable, null)]
    [InlineData(400, """{"error":{"message":"batch only"}}""", "Ask", FailureKind.Forbidden, "A run asks it in batches by itself where the provider has them (Providers__p__Profile__Batches); else choose another model")]
    [InlineData(400, """{"error":{"message":"batch only"}}""", "GetJob", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"InsufficientQuota"}}""", "CreateDeployment", FailureKind.QuotaExhausted, "Lower the provider's Deployment__Capacity setting, choose another Deployment__Sku, or ask for quota")]
    [InlineData(400, """{"error":{"code":"InsufficientQuota"}}""", "GetJob", FailureKind.InvalidInput, null)]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound"}}""", "Ask", FailureKind.NotFound, "Deploy the model again; Azure deletes deployments left idle for 15 days")]
    [InlineData(400, """{"error":{"code":"model_not_available"}}""", "CreateJob", FailureKind.InvalidInput, "Choose another base model")]
    [InlineData(400, """{"error":{"message":"m is not available for fine-tuning"}}""", "CreateJob", FailureKind.InvalidInput, "Choose another base model")]
    [InlineData(410, """{"error":{"code":"model_shut_down"}}""", "Ask", FailureKind.ModelRetired, "Choose a model that can still be trained and served")]
    [InlineData(404, """{"error":{"message":"m is deprecated"}}""", "Ask", FailureKind.ModelRetired, "Choose a model that can still be trained and served")]
    [InlineData(403, """{"error":{"message":"m is deprecated"}}""", "Ask", FailureKind.Forbidden, "Give the key or identity the permission (Azure: Cognitive Services OpenAI Contributor)")]
    [InlineData(404, "{}", "ListFiles", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, "{}", "UploadFile", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, "{}", "OpenUpload", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, "{}", "FindJobs", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, "{}", "ListModels", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, "{}", "FindBatches", FailureKind.NotFound, "Check the setting Providers__p__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/")]
    [InlineData(404, """{"error":{"code":"model_not_found"}}""", "ListModels", FailureKind.NotFound, "See with ftf doctor what the key can use, and name another model")]
    [InlineData(404, "{}", "GetJob", FailureKind.NotFound, null)]
    [InlineData(409, "{}", "CancelJob", FailureKind.Conflict, null)]
    [InlineData(408, "{}", "GetJob", FailureKind.Unavailable, null)]
    [InlineData(413, "{}", "UploadFile", FailureKind.InvalidInput, "Use fewer rows, or shorter texts")]
    [InlineData(302, "{}", "GetJob", FailureKind.InvalidInput, "Check the provider's BaseAddress setting")]
    [InlineData(399, "{}", "GetJob", FailureKind.InvalidInput, "Check the provider's BaseAddress setting")]
    [InlineData(418, "{}", "GetJob", FailureKind.InvalidInput, null)]
    [InlineData(499, "{}", "GetJob", FailureKind.InvalidInput, null)]
    [InlineData(500, "{}", "GetJob", FailureKind.Unavailable, null)]
    [InlineData(500, "{}", "CreateJob", FailureKind.Ambiguous, null)]
    [InlineData(408, "{}", "CreateBatch", FailureKind.Ambiguous, null)]
    [InlineData(299, "{}", "GetJob", FailureKind.Unavailable, null)]
    // A code means what it means under its own status only.
    [InlineData(400, """{"error":{"code":"insufficient_quota"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"daily_rate_limit_exceeded"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"too_many_jobs"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(429, """{"error":{"code":"too_many_jobs"}}""", "CreateJob", FailureKind.TooManyJobs, "The run waits for a slot by itself")]
    [InlineData(429, """{"error":{"code":"too_many_jobs"}}""", "GetJob", FailureKind.Throttled, null)]
    [InlineData(400, """{"error":{"message":"no training for you"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(422, """{"error":{"message":"batch only"}}""", "Ask", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"DeploymentNotFound"}}""", "Ask", FailureKind.InvalidInput, null)]
    [InlineData(422, """{"error":{"code":"model_not_available"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(422, """{"error":{"message":"m does not support fine-tuning"}}""", "CreateJob", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"model_not_found"}}""", "Ask", FailureKind.InvalidInput, null)]
    [InlineData(400, """{"error":{"code":"model_deprecated"}}""", "Ask", FailureKind.ModelRetired, "Choose a model that can still be trained and served")]
    public void An_error_is_of_a_kind_and_says_what_to_do(int status, string body, string call, FailureKind kind, string? remedy, int? wait = null)
    {
        Failure failure = Refused(status, body, Call(call));

        (failure.Kind, failure.Remedy, failure.RetryAfter).ShouldBe((kind, remedy, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
        failure.Message.ShouldContain($"asked to {Call(call).What}: {status}");
        Refused(status, body, Call(call), TimeSpan.FromSeconds(7)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void What_a_service_says_is_told_with_its_code_and_field_but_never_of_data_nor_of_a_key()
    {
        const string Body = """{"error":{"message":"bad sk-1 here","code":"c","param":"seed","type":"t"}}""";

        Refused(422, Body, ServiceCall.CreateJob).ShouldBe(new Failure(FailureKind.InvalidInput, "p refused the request (asked to create the job: 422 c): bad … here", null, Field: "seed"));
        foreach (ServiceCall ofData in (ServiceCall[])[ServiceCall.Ask, ServiceCall.UploadFile, ServiceCall.UploadPart, ServiceCall.CompleteUpload])
        {
            Refused(422, Body, ofData).Message.ShouldBe($"p refused the request (asked to {ofData.What}: 422 c)");
        }

        Refused(401, Body, ServiceCall.CreateJob).Message.ShouldBe("p refused the credentials (asked to create the job: 401 c)");
        Refused(409, Body, ServiceCall.CreateJob).Field.ShouldBeNull();
    }

    [Theory]
    [InlineData("1500", "7", 1.5)] // milliseconds go first
    [InlineData("soon", "7", 7.0)]
    [InlineData(null, "7", 7.0)]
    [InlineData("NaN", "Infinity", null)]
    [InlineData("-5", null, 0.0)]
    [InlineData("1e300", null, 86_400.0)]
    [InlineData(null, "90000", 86_400.0)]
    [InlineData(null, "Sat, 28 Nov 2026 12:01:30 GMT", 90.0)]
    [InlineData(null, "Sat, 28 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData(null, "Mon, 30 Nov 2026 12:00:00 GMT", 86_400.0)]
    [InlineData(null, "soon", null)]
    [InlineData(null, null, null)]
    public void A_wait_is_of_milliseconds_seconds_or_until_a_date_and_of_a_day_at_most(string? milliseconds, string? after, double? seconds) =>
        ErrorReading.RetryAfter(milliseconds, after, new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero)).ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);

    [Fact]
    public void Long_quotations_and_long_sentences_are_shortened()
    {
        string forty = new('x', 40);
        string more = new('x', 41);

        ErrorReading.Shortened($"a \"{forty}\" b").ShouldBe($"a \"{forty}\" b");
        foreach (string quoted in (string[])[$"\"{more}\"", $"“{more}”", $"'{more}'", $"`{more}`"])
        {
            ErrorReading.Shortened($"a {quoted} b").ShouldBe("a \"…\" b");
        }

        ErrorReading.Shortened($"it's {more} isn't it").ShouldBe($"it's {more} isn't it");
        ErrorReading.Shortened(" two\r\nlines ").ShouldBe("two lines");
        ErrorReading.Shortened(new string('y', 300)).ShouldBe(new string('y', 300));
        ErrorReading.Shortened(new string('y', 301)).ShouldBe(new string('y', 300) + "…");
    }

    [Theory]
    [InlineData(400, """{"error":{"code":"content_filter"}}""", true)]
    [InlineData(400, """{"error":{"type":"content_policy_violation"}}""", true)]
    [InlineData(403, """{"error":{"code":"content_filter"}}""", false)]
    [InlineData(400, """{"error":{"code":"other"}}""", false)]
    public void A_filtered_prompt_is_told_from_other_refusals(int status, string body, bool filtered) =>
        ErrorReading.IsContentFilter(ServiceCall.Ask, Answer(status, body)).ShouldBe(filtered);

    [Fact]
    public void The_field_that_was_refused_is_told_where_the_request_was_wrong()
    {
        const string Body = """{"error":{"message":"no logprobs","param":"logprobs"}}""";

        ErrorReading.RefusedField(Answer(400, Body)).ShouldBe(("logprobs", "no logprobs"));
        ErrorReading.RefusedField(Answer(422, Body)).ShouldBe(("logprobs", "no logprobs"));
        ErrorReading.RefusedField(Answer(429, Body)).ShouldBeNull();
        ErrorReading.IsInBatchesOnly(Answer(400, """{"error":{"message":"only available in batch mode"}}""")).ShouldBeTrue();
        ErrorReading.IsInBatchesOnly(Answer(404, """{"error":{"message":"only available in batch mode"}}""")).ShouldBeFalse();
        ErrorReading.IsInBatchesOnly(Answer(400, Body)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("7", "7", 7.0, 7, 7L)]
    [InlineData("7.0", "7.0", 7.0, 7, 7L)]
    [InlineData("7.5", "7.5", 7.5, null, null)]
    [InlineData("-3", "-3", -3.0, -3, -3L)]
    [InlineData("\"7\"", "7", 7.0, 7, 7L)]
    [InlineData("\"auto\"", "auto", null, null, null)]
    [InlineData("\"\"", null, null, null, null)]
    [InlineData("\"NaN\"", "NaN", null, null, null)]
    [InlineData("3000000000", "3000000000", 3e9, null, 3_000_000_000L)]
    [InlineData("1e15", "1e15", 1e15, null, null)]
    [InlineData("null", null, null, null, null)]
    [InlineData("true", null, null, null, null)]
    [InlineData("{}", null, null, null, null)]
    [InlineData("\"\\ud800\"", null, null, null, null)]
    public void A_member_is_read_as_what_it_can_be(string json, string? text, double? number, int? whole, long? longer)
    {
        JsonElement value = Json($$"""{"a":{{json}}}""");

        (value.Text("a"), value.Number("a"), value.Whole("a"), value.Long("a")).ShouldBe((text, number, whole, longer));
        (value.Text("b"), value.Number("b"), value.Member("b") is null, Json("[1]").Member("a") is null).ShouldBe((null, null, true, true));
    }

    [Theory]
    [InlineData("1700000000", "2023-11-14T22:13:20Z")]
    [InlineData("1700000000.5", "2023-11-14T22:13:20.5Z")]
    [InlineData("\"1700000000\"", "2023-11-14T22:13:20Z")]
    [InlineData("\"2026-11-22T10:00:00\"", "2026-11-22T10:00:00Z")]
    [InlineData("\"2026-11-22T10:00:00+02:00\"", "2026-11-22T08:00:00Z")]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("1e11", null)]
    [InlineData("\"soon\"", null)]
    [InlineData("null", null)]
    public void A_time_is_unix_seconds_or_iso_text(string json, string? expected) =>
        Json($$"""{"a":{{json}}}""").Time("a")?.ToString("o").ShouldBe(expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).ToString("o"), "in UTC");

    [Fact]
    public void A_job_is_read_member_by_member()
    {
        ProviderJob job = JobReading.Job(Json("""
            {"id":"j","model":"m","status":"Succeeded","created_at":1700000000,"finished_at":1700000060,"fine_tuned_model":"ft:m","trained_tokens":1200,"training_file":"file-t",
             "suffix":"s","result_files":["file-r","",{"id":"file-x"},{},7],"seed":7,"metadata":{"run":"r","empty":"","n":3,"o":{}},
             "method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":2,"batch_size":"auto","learning_rate_multiplier":0.5}}},
             "hyperparameters":{"n_epochs":9,"batch_size":4,"learning_rate_multiplier":9},"error":{"code":"c","message":"m"}}
            """), BuiltInProfiles.Get("openai"))!;

        (job.Id, job.Model, job.State, job.RawState, job.TunedModel, job.TrainedTokens, job.TrainingFile, job.Suffix, job.Seed).ShouldBe(
            ("j", "m", JobState.Succeeded, "Succeeded", "ft:m", 1200, "file-t", "s", 7));
        (job.CreatedAt, job.FinishedAt).ShouldBe((DateTimeOffset.FromUnixTimeSeconds(1700000000), DateTimeOffset.FromUnixTimeSeconds(1700000060)));
        (job.Epochs, job.BatchSize, job.LearningRateMultiplier, job.ErrorCode, job.ErrorMessage).ShouldBe((2, 4, 0.5, "c", "m"));
        job.ResultFiles.ShouldBe(["file-r", "file-x"]);
        job.Metadata.Select(pair => $"{pair.Key}={pair.Value}").ShouldBe(["n=3", "run=r"]);
        JobReading.Job(Json("""{"status":"succeeded"}"""), BuiltInProfiles.Get("openai")).ShouldBeNull();
    }

    [Fact]
    public void A_job_in_an_older_or_another_form_is_read_too()
    {
        ProviderJob job = JobReading.Job(Json("""{"id":"j","user_provided_suffix":"s","hyperparameters":{"n_epochs":3,"batch_size":4,"learning_rate_multiplier":4e-5},"method":{}}"""), BuiltInProfiles.Get("nebius"))!;

        (job.Model, job.RawState, job.State, job.Suffix, job.Epochs, job.BatchSize).ShouldBe(("", "", JobState.Unknown, "s", 3, 4));
        job.LearningRateMultiplier!.Value.ShouldBe(2, 1e-12); // 4e-5 of 2e-5
        (job.CreatedAt, job.TunedModel, job.TrainedTokens, job.ErrorCode, job.ErrorMessage).ShouldBe((null, null, null, null, null));
        job.ResultFiles.ShouldBeEmpty();
        job.Metadata.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("pending", JobState.Pending)]
    [InlineData("created", JobState.Pending)]
    [InlineData("notRunning", JobState.Pending)]
    [InlineData("validating_files", JobState.ValidatingFiles)]
    [InlineData("queued", JobState.Queued)]
    [InlineData("running", JobState.Running)]
    [InlineData("paused", JobState.Paused)]
    [InlineData("pausing", JobState.Paused)]
    [InlineData("resuming", JobState.Paused)]
    [InlineData("succeeded", JobState.Succeeded)]
    [InlineData("failed", JobState.Failed)]
    [InlineData("cancelled", JobState.Cancelled)]
    [InlineData("canceled", JobState.Cancelled)]
    [InlineData("cancelling", JobState.Unknown)]
    public void A_jobs_state_is_its_word(string word, JobState state) => JobReading.State(word).ShouldBe(state);

    [Theory]
    [InlineData("Baking", JobState.Running)]
    [InlineData("succeeded", JobState.Paused)] // the profile's word goes before OpenAI's
    [InlineData("failed", JobState.Failed)]
    public void A_profile_may_have_words_of_its_own_for_a_jobs_state(string word, JobState state)
    {
        ServiceProfile gateway = BuiltInProfiles.Get("gateway");

        JobReading.Job(Json($$"""{"id":"j","status":"{{word}}"}"""), gateway with { States = gateway.States.Add("baking", JobState.Running).Add("succeeded", JobState.Paused) })!
            .State.ShouldBe(state);
    }

    [Theory]
    [InlineData("", JobState.Unknown)]
    [InlineData(""","fine_tuned_model":"ft:m","finished_at":1""", JobState.Succeeded)]
    [InlineData(""","finished_at":1""", JobState.Failed)]
    public void An_unknown_word_is_an_end_where_there_is_evidence_of_one(string more, JobState state) =>
        JobReading.Job(Json($$"""{"id":"j","status":"exotic"{{more}}}"""), BuiltInProfiles.Get("openai"))!.State.ShouldBe(state);

    [Theory]
    [InlineData("""{"id":"f","filename":"n","bytes":12,"status":"processed"}""", "n", 12L, FileState.Ready, null)]
    [InlineData("""{"id":"f","status":"uploaded"}""", "", null, FileState.Ready, null)]
    [InlineData("""{"id":"f"}""", "", null, FileState.Ready, null)]
    [InlineData("""{"id":"f","status":"error","status_details":"d","error":{"message":"m"}}""", "", null, FileState.Failed, "d")]
    [InlineData("""{"id":"f","status":"error","error":{"message":"m"}}""", "", null, FileState.Failed, "m")]
    [InlineData("""{"id":"f","status":"deleted"}""", "", null, FileState.Deleted, null)]
    [InlineData("""{"id":"f","status":"pending"}""", "", null, FileState.Pending, null)]
    public void A_file_is_read(string json, string name, long? bytes, FileState state, string? error) => JobReading.File(Json(json)).ShouldBe(new ProviderFile("f", name, bytes, state, error));

    [Fact]
    public void Events_are_read_with_their_metrics()
    {
        JobEvent read = JobReading.Event(Json("""{"created_at":1700000000,"level":"warn","type":"metrics","message":"m","data":{"step":3,"total_steps":9,"train_loss":0.5,"note":"x","valid_loss":"0.25","train_loss":0.75}}"""));

        (read.At, read.Level, read.Type, read.Message, read.Step, read.TotalSteps).ShouldBe((DateTimeOffset.FromUnixTimeSeconds(1700000000), "warn", "metrics", "m", 3, 9));
        read.Metrics.Select(pair => (pair.Key, pair.Value)).ShouldBe([("train_loss", 0.5), ("valid_loss", 0.25)]);
        JobEvent bare = JobReading.Event(Json("""{"data":[1]}"""));
        (bare.At, bare.Level, bare.Type, bare.Message, bare.Step, bare.TotalSteps, bare.Metrics.Count).ShouldBe((null, "info", "message", "", null, null, 0));
    }

    [Fact]
    public void A_batch_is_read_member_by_member()
    {
        ProviderBatch batch = BatchReading.Batch(Json("""
            {"id":"b","status":"In_Progress","input_file_id":"i","output_file_id":"o","error_file_id":"e","created_at":1700000000,"request_counts":{"total":9,"completed":5,"failed":1},
             "errors":{"data":[{"message":"m","code":"c"},{"code":"c2"},{}]},"metadata":{"run":"r"}}
            """))!;

        (batch.Id, batch.State, batch.RawState, batch.InputFile, batch.OutputFile, batch.ErrorFile).ShouldBe(("b", BatchState.InProgress, "In_Progress", "i", "o", "e"));
        (batch.Total, batch.Completed, batch.Failed, batch.CreatedAt, batch.Metadata["run"]).ShouldBe((9, 5, 1, DateTimeOffset.FromUnixTimeSeconds(1700000000), "r"));
        batch.Errors.ShouldBe(["m", "c2"]);
        BatchReading.Batch(Json("""{"status":"failed"}""")).ShouldBeNull();
        BatchReading.Batch(Json("""{"id":"b"}"""))!.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("validating", BatchState.Validating)]
    [InlineData("in_progress", BatchState.InProgress)]
    [InlineData("finalizing", BatchState.Finalizing)]
    [InlineData("cancelling", BatchState.Cancelling)]
    [InlineData("completed", BatchState.Completed)]
    [InlineData("failed", BatchState.Failed)]
    [InlineData("expired", BatchState.Expired)]
    [InlineData("cancelled", BatchState.Cancelled)]
    [InlineData("canceled", BatchState.Cancelled)]
    [InlineData("other", BatchState.Unknown)]
    public void A_batchs_state_is_its_word(string word, BatchState state) => BatchReading.Batch(Json($$"""{"id":"b","status":"{{word}}"}"""))!.State.ShouldBe(state);

    [Theory]
    [InlineData("""{"custom_id":"r","response":{"status_code":200,"body":{"choices":[{"message":{"content":"5"}}]}}}""", "r: 5")]
    [InlineData("""{"custom_id":"r","response":{"body":{"choices":[{"message":{"content":"5"}}]}}}""", "r: 5")]
    [InlineData("""{"custom_id":"r","response":{"status_code":199,"body":{"choices":[{"message":{"content":"5"}}]}}}""", "r: Unavailable, p had a fault of its own (asked to ask the model: 199)")]
    [InlineData("""{"custom_id":"r","response":{"status_code":200,"body":{"choices":[]}}}""", "r: Unavailable, p gave no answer in the batch")]
    [InlineData("""{"custom_id":"r","response":{"status_code":400,"body":{"error":{"code":"content_filter"}}}}""", "r: content_filter")]
    [InlineData("""{"custom_id":"r","response":{"status_code":429,"body":{"error":{"code":"c"}}}}""", "r: Throttled, p asks to go slower (asked to ask the model: 429 c)")]
    [InlineData("""{"custom_id":"r","response":null,"error":{"code":"batch_expired"}}""", "r: Unavailable, p gave no answer in the batch (batch_expired)")]
    [InlineData("""{"custom_id":"r"}""", "r: Unavailable, p gave no answer in the batch")]
    [InlineData("""{"response":{"status_code":200,"body":{}}}""", null)]
    [InlineData("{", null)]
    public void A_line_of_a_batch_is_an_answer_or_says_why_there_is_none(string line, string? expected)
    {
        BatchAnswer? read = BatchReading.Answer("p", Encoding.UTF8.GetBytes(line));

        (read is null ? null : $"{read.Id}: {(read.Answer is { } answer ? answer.FinishReason ?? answer.Text : $"{read.Failure!.Kind}, {read.Failure.Message}")}").ShouldBe(expected);
        (read?.Answer is null || read.Failure is null).ShouldBeTrue();
        (read?.Answer?.LatencyMs ?? 0).ShouldBe(0, "a batch has none for a row");
    }

    [Theory]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"stop"}]}""", "a", "stop")]
    [InlineData("""{"x":[{"choices":1}],"choices":[7,{"index":0,"message":{"role":"r","content":"a"}},{"message":{"content":"b"}}]}""", "a", null)]
    [InlineData("""{"choices":[{"message":"m","finish_reason":3}]}""", "", null)]
    public void The_first_choice_is_the_answer(string json, string text, string? finish)
    {
        ModelAnswer answer = AnswerReading.Read(Encoding.UTF8.GetBytes(json), 12.5)!;

        (answer.Text, answer.FinishReason, answer.LatencyMs).ShouldBe((text, finish, 12.5));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":12,"completion_tokens":3,"completion_tokens_details":{"x":1,"reasoning_tokens":2}}""", 12, 3, 2)]
    [InlineData("""{"completion_tokens_details":null,"completion_tokens":0,"prompt_tokens":-1}""", null, 0, null)]
    [InlineData("""{"completion_tokens":"3","prompt_tokens":1e12}""", null, null, null)]
    [InlineData("7", null, null, null)]
    public void Tokens_used_are_read(string usage, int? prompt, int? completion, int? reasoning)
    {
        ModelAnswer answer = AnswerReading.Read(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}},"choices":[{"text":"a"}]}"""), 0)!;

        (answer.PromptTokens, answer.CompletionTokens, answer.ReasoningTokens, answer.Text).ShouldBe((prompt, completion, reasoning, "a"));
    }

    /// <summary>Positions are written with commas between them: token=log-probability, likeliest first.</summary>
    [Theory]
    [InlineData("""{"content":[{"token":"a","logprob":-0.1,"bytes":[1],"top_logprobs":[{"token":"a","logprob":-0.1},{"token":"b","logprob":-2}]},{"token":"c","logprob":-0.5,"top_logprobs":[]}]}""", "a=-0.1 b=-2, c=-0.5")]
    [InlineData("""{"content":[{"token":"z","logprob":-9,"top_logprobs":[{"token":"a","logprob":-0.1},{"token":"n"},7]}]}""", "z=-9 a=-0.1")]
    [InlineData("""{"content":[{"token":"a","logprob":0.25}]}""", "a=0")]
    [InlineData("""{"content":[{"token":"a"},{"logprob":-1},null]}""", ", , ")]
    [InlineData("""{"content":null}""", "")]
    [InlineData("""{"tokens":["a","b"],"token_logprobs":[-0.1,null],"text_offset":[0,1],"top_logprobs":[{"a":-0.1,"x":-3},{"y":-1,"n":null}]}""", "a=-0.1 x=-3, y=-1")]
    [InlineData("""{"tokens":["a","b"],"token_logprobs":[-0.1,-0.2],"top_logprobs":[{"x":0.5}]}""", "a=-0.1 x=0, b=-0.2")]
    [InlineData("""{"tokens":["a","b"],"token_logprobs":[-0.1],"top_logprobs":null}""", "a=-0.1, ")]
    [InlineData("""{"tokens":["a","b","c"],"token_logprobs":[0.25,-0.2,-0.3]}""", "a=0, b=-0.2, c=-0.3")]
    [InlineData("""{"top_logprobs":[{"x":-1},null]}""", "x=-1, ")]
    public void Log_probabilities_are_read_in_both_forms(string json, string expected)
    {
        ModelAnswer answer = AnswerReading.Read(Encoding.UTF8.GetBytes($$"""{"choices":[{"logprobs":{{json}},"text":"t"}]}"""), 0)!;

        string.Join(", ", answer.Tokens.Select(position => string.Join(' ', position.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Token}={one.LogProbability}"))))).ShouldBe(expected);
        answer.Text.ShouldBe("t");
    }

    [Theory]
    [InlineData("""{"fine_tuned_model_checkpoint":"ft:m:1","step_number":10,"metrics":{"full_valid_loss":0.5,"valid_loss":0.7}}""", 10, "ft:m:1", 0.5)]
    [InlineData("""{"fine_tuned_model_checkpoint":"ft:m:1","metrics":{"valid_loss":0.7}}""", 0, "ft:m:1", 0.7)]
    [InlineData("""{"fine_tuned_model_checkpoint":"ft:m:1"}""", 0, "ft:m:1", null)]
    [InlineData("""{"step_number":10}""", null, null, null)]
    public void A_checkpoint_is_read(string json, int? step, string? model, double? loss) =>
        new OpenAIJobWire(Of("openai")).Checkpoint(Json(json)).ShouldBe(model is null ? null : new JobCheckpoint(step!.Value, model, loss));

    [Theory]
    [InlineData("""{"id":"j","status":"completed","model":"m","model_output_name":"o","output_name":"p","token_count":9,"updated_at":1700000000,"suffix":"s","training_file":"f"}""", JobState.Succeeded, "o", 1700000000L, null)]
    [InlineData("""{"id":"j","status":"completed","output_name":"p","finished_at":1700000009,"updated_at":1700000000}""", JobState.Succeeded, "p", 1700000009L, null)]
    [InlineData("""{"id":"j","status":"running","model_output_name":"o","updated_at":1700000000}""", JobState.Running, null, null, null)]
    [InlineData("""{"id":"j","status":"error","updated_at":1700000000,"error":"out of memory"}""", JobState.Failed, null, 1700000000L, "error")]
    [InlineData("""{"id":"j","status":"cancelled","updated_at":1700000000}""", JobState.Cancelled, null, 1700000000L, null)]
    public void Togethers_jobs_are_read(string json, JobState state, string? tuned, long? finished, string? code)
    {
        ProviderJob job = new TogetherJobWire(Of("together")).Job(Json(json))!;

        (job.State, job.TunedModel, job.FinishedAt, job.ErrorCode).ShouldBe((state, tuned, finished is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null, code));
        new TogetherJobWire(Of("together")).Job(Json("{}")).ShouldBeNull();
    }

    [Theory]
    [InlineData("step,loss\n1,2\n", "step,loss\n1,2\n")]
    [InlineData("\ufeffstep,loss\n", "step,loss\n")]
    [InlineData("c3RlcCxsb3NzCg==", "step,loss\n")]
    [InlineData("c3RlcCxsb3NzCg==\r\n", "step,loss\n")]
    [InlineData("77u/c3RlcCxsb3NzCg==", "step,loss\n")] // with a mark inside
    [InlineData("aGVsbG8=", "aGVsbG8=")] // base64, but no table
    [InlineData("loss,step\n", "loss,step\n")]
    public void A_result_file_is_plain_or_base64(string content, string expected) => Encoding.UTF8.GetString(ResultDecoding.Decode(Encoding.UTF8.GetBytes(content))).ShouldBe(expected);

    private static Failure Refused(int status, string body, ServiceCall call, TimeSpan? wait = null) => ErrorReading.Read("p", call, Answer(status, body, wait), "sk-1").Failure;

    private static ServiceCall Call(string name) => (ServiceCall)typeof(ServiceCall).GetField(name)!.GetValue(null)!;

    private static ServiceAnswer Answer(int status, string body, TimeSpan? wait = null) => new(status, BinaryData.FromString(body), wait);

    private static JsonElement Json(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static ProviderOptions Of(string profile) =>
        new() { Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = new Uri("http://127.0.0.1/v1/"), PriceKey = "openai", Profile = BuiltInProfiles.Get(profile) };
}
