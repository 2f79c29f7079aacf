using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.Simulator;

/// <summary>The adapters against the simulator over HTTP: the path of a candidate, and what is left by lost answers.</summary>
public sealed class SimulatorTests(RunningSimulator simulator) : IClassFixture<RunningSimulator>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderKind.Simulator, "gpt-3.5-turbo")]
    [InlineData(ProviderKind.Simulator, "babbage-002")]
    [InlineData(ProviderKind.AzureOpenAI, "gpt-4.1-mini")]
    public async Task A_candidate_is_uploaded_trained_and_asked(ProviderKind kind, string model)
    {
        using OpenAIProvider provider = simulator.Provider(kind);
        ModelFamily family = TrainingForm.FamilyOf(model);
        ProviderJob job = await TrainAsync(provider, model, $"path-{kind}-{model}");

        job.State.ShouldBe(JobState.Succeeded);
        job.TrainedTokens.ShouldNotBeNull().ShouldBeGreaterThan(0);
        job.ErrorCode.ShouldBeNull();
        (await provider.GetEventsAsync(job.Id, Cancelled)).Count(one => one.Metrics.ContainsKey("train_loss")).ShouldBeGreaterThan(0);
        Encoding.UTF8.GetString(await provider.ReadFileAsync(job.ResultFiles.ShouldHaveSingleItem(), Cancelled)).ShouldStartWith("step,");
        string asked = job.TunedModel.ShouldNotBeNull();
        if (provider.Facts.NeedsDeployment)
        {
            asked = "path-azure";
            using AzureModelDeployments deployments = simulator.Deployments();
            await ReadyAsync(deployments, asked, job.TunedModel);
        }

        var throttle = new ModelThrottle(TimeProvider.System);
        ModelAnswer good = await throttle.AskAsync(provider, Question(family, asked, "Wonderful, works great 4"), Cancelled);
        ModelAnswer bad = await throttle.AskAsync(provider, Question(family, asked, "Terrible, broke at once 5"), Cancelled);

        good.Text.Trim().ShouldBe("5");
        bad.Text.Trim().ShouldBe("1");
        good.Tokens.ShouldNotBeEmpty();
        good.Tokens[0].Length.ShouldBeGreaterThan(1);
        good.PromptTokens.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_lost_answer_to_a_creation_is_ambiguous_and_the_job_is_found_by_its_metadata()
    {
        using OpenAIProvider provider = simulator.Provider();
        string file = await UploadAsync(provider, "lost-create", chat: true);
        await simulator.SetFaultsAsync(new { match = "POST /v1/fine_tuning/jobs", action = "lostAnswer", times = 1 });

        FlowException lost = await Should.ThrowAsync<FlowException>(() => provider.CreateJobAsync(Request("gpt-3.5-turbo", file, "lost-create"), Cancelled));

        lost.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        ProviderJob found = await provider.FindJobsAsync(Metadata("lost-create"), Cancelled).SingleAsync(Cancelled);
        found.TrainingFile.ShouldBe(file);
        (await simulator.JobsCountedAsync("lost-create")).ShouldBe(1);
        await provider.CancelJobAsync(found.Id, Cancelled);
    }

    [Fact]
    public async Task A_lost_answer_to_an_upload_is_ambiguous_and_the_file_is_found_by_its_name()
    {
        using OpenAIProvider provider = simulator.Provider();
        await simulator.SetFaultsAsync(new { match = "POST /v1/files", action = "lostAnswer", times = 1 });

        FlowException lost = await Should.ThrowAsync<FlowException>(() => UploadAsync(provider, "lost-upload", chat: true));

        lost.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        (await provider.ListFilesAsync(Cancelled).CountAsync(file => file.Name == "lost-upload.jsonl", Cancelled)).ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_reset_in_the_middle_of_an_upload_leaves_no_file()
    {
        using OpenAIProvider provider = simulator.Provider();
        await simulator.SetFaultsAsync(new { match = "POST /v1/files", action = "resetUpload", afterBytes = 1000, times = 1 });

        FlowException lost = await Should.ThrowAsync<FlowException>(() => UploadAsync(provider, "cut-upload", chat: true));

        lost.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        (await provider.ListFilesAsync(Cancelled).CountAsync(file => file.Name == "cut-upload.jsonl", Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task The_simulators_refusals_are_of_the_kinds_that_the_workflow_decides_by()
    {
        using OpenAIProvider provider = simulator.Provider();
        string file = await UploadAsync(provider, "refused", chat: true);
        foreach ((string action, FailureKind kind) in new[]
        {
            ("tooManyJobs", FailureKind.TooManyJobs), ("dailyCap", FailureKind.DailyCapReached), ("rateLimit", FailureKind.Throttled),
            ("insufficientQuota", FailureKind.QuotaExhausted), ("unauthorized", FailureKind.Unauthenticated),
            ("forbidden", FailureKind.Forbidden), ("serverError", FailureKind.Ambiguous), ("unavailable", FailureKind.Ambiguous),
        })
        {
            await simulator.SetFaultsAsync(new { match = "POST /v1/fine_tuning/jobs", action });
            FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.CreateJobAsync(Request("gpt-3.5-turbo", file, "refused"), Cancelled));
            refused.Failure.Kind.ShouldBe(kind, action);
        }

        await simulator.SetFaultsAsync();
        (await simulator.JobsCountedAsync("refused")).ShouldBe(0);
    }

    [Fact]
    public async Task Azures_shapes_and_base64_results_are_read_as_the_plain_ones()
    {
        using OpenAIProvider provider = simulator.Provider();
        await simulator.SetFaultsAsync(
            new { match = "* /v1/fine_tuning/**", action = "azureShapes" }, new { match = "GET /v1/files/**", action = "base64Content" });

        ProviderJob job = await TrainAsync(provider, "gpt-3.5-turbo", "shapes");
        byte[] result = job.ResultFiles.IsEmpty ? [] : await provider.ReadFileAsync(job.ResultFiles[0], Cancelled);
        await simulator.SetFaultsAsync();

        job.State.ShouldBe(JobState.Succeeded);
        job.CreatedAt.ShouldNotBeNull().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-10));
        (result.Length == 0 || Encoding.UTF8.GetString(result).StartsWith("step,", StringComparison.Ordinal)).ShouldBeTrue();
    }

    [Fact]
    public async Task Events_that_come_in_any_order_are_read_as_those_that_come_newest_first()
    {
        using OpenAIProvider provider = simulator.Provider();
        ProviderJob job = await TrainAsync(provider, "gpt-3.5-turbo", "events");
        IReadOnlyList<JobEvent> plain = await provider.GetEventsAsync(job.Id, Cancelled);

        await simulator.SetFaultsAsync(new { match = "GET /v1/fine_tuning/jobs/*/events", action = "shuffleEvents" });
        IReadOnlyList<JobEvent> shuffled = await provider.GetEventsAsync(job.Id, Cancelled);
        await simulator.SetFaultsAsync();

        plain.Count.ShouldBeGreaterThan(5);
        shuffled.Select(e => e.At).ShouldBe(plain.Select(e => e.At));
        shuffled.Select(e => (e.Message, e.Step)).ShouldBe(plain.Select(e => (e.Message, e.Step)), ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_answers_every_row_by_its_id_and_tells_the_failed_ones()
    {
        using OpenAIProvider provider = simulator.Provider();
        IBatchInference batches = provider.Batches.ShouldNotBeNull();
        BatchQuestion[] questions = [.. Enumerable.Range(0, 40).Select(row => new BatchQuestion(
            $"row-{row}", Question(ModelFamily.Chat, row == 7 ? "no-such-model" : "gpt-4.1-mini", $"Great {row}")))];
        (await batches.FindQuestionsAsync("batch-1.jsonl", Cancelled)).ShouldBeNull();
        ProviderFile file = await batches.UploadQuestionsAsync("batch-1.jsonl", questions, Cancelled);
        (await batches.FindQuestionsAsync("batch-1.jsonl", Cancelled)).ShouldNotBeNull().Id.ShouldBe(file.Id);
        await simulator.SetFaultsAsync(new { match = "POST /v1/batches", action = "lostAnswer", times = 1 });

        FlowException lost = await Should.ThrowAsync<FlowException>(() => batches.CreateBatchAsync(file.Id, ModelFamily.Chat, Metadata("batch-1"), Cancelled));
        lost.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        ProviderBatch batch = await batches.FindBatchesAsync(Metadata("batch-1"), Cancelled).SingleAsync(Cancelled);
        while (!batch.HasEnded)
        {
            await Task.Delay(20, Cancelled);
            batch = (await batches.GetBatchAsync(batch.Id, Cancelled)).ShouldNotBeNull();
        }

        batch.State.ShouldBe(BatchState.Completed);
        List<BatchAnswer> answers = await batches.ReadAnswersAsync(batch, Cancelled).ToListAsync(Cancelled);
        answers.Select(answer => answer.Id).ShouldBe(questions.Select(question => question.Id), ignoreOrder: true);
        BatchAnswer failed = answers.Where(answer => answer.Answer is null).ShouldHaveSingleItem();
        failed.Id.ShouldBe("row-7");
        failed.Failure.ShouldNotBeNull().IsRetryable.ShouldBeFalse();
        answers.Where(answer => answer.Answer is not null).ShouldAllBe(answer => answer.Answer!.PromptTokens > 0);
        (await batches.CancelBatchAsync(batch.Id, Cancelled)).HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_deployment_is_made_once_found_again_priced_and_removed()
    {
        using OpenAIProvider provider = simulator.Provider(ProviderKind.AzureOpenAI);
        using AzureModelDeployments deployments = simulator.Deployments();
        string model = (await TrainAsync(provider, "gpt-4.1-mini", "deployed")).TunedModel.ShouldNotBeNull();
        (await deployments.GetAsync("sim", "dep-1", Cancelled)).ShouldBeNull();

        ModelDeployment first = await deployments.EnsureAsync("sim", "dep-1", model, Cancelled);
        ModelDeployment ready = await ReadyAsync(deployments, "dep-1", model);
        FlowException other = await Should.ThrowAsync<FlowException>(() => deployments.EnsureAsync("sim", "dep-1", "ft:another", Cancelled));

        first.State.ShouldBeOneOf(DeploymentState.Creating, DeploymentState.Ready);
        ready.HourlyUsd.ShouldBe(1.70);
        other.Failure.Kind.ShouldBe(FailureKind.Conflict);
        (await deployments.RemoveAsync("sim", "dep-1", Cancelled)).ShouldBeTrue();
        (await deployments.RemoveAsync("sim", "dep-1", Cancelled)).ShouldBeFalse();
    }

    [Fact]
    public async Task Throttled_questions_are_all_answered_in_the_end()
    {
        using OpenAIProvider provider = simulator.Provider();
        await simulator.SetFaultsAsync(
            new { match = "POST /v1/chat/completions", action = "rateLimit", probability = 0.05, retryAfter = 0.01 },
            new { match = "POST /v1/chat/completions", action = "unavailable", probability = 0.02 });
        var throttle = new ModelThrottle(TimeProvider.System);

        ModelAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(row => throttle.AskAsync(provider, Question(ModelFamily.Chat, "gpt-4.1-mini", $"Great {row}"), Cancelled)));
        await simulator.SetFaultsAsync();

        answers.ShouldAllBe(answer => answer.Text.Length > 0);
    }

    private static async Task<ModelDeployment> ReadyAsync(AzureModelDeployments deployments, string name, string model)
    {
        while (true)
        {
            ModelDeployment now = await deployments.EnsureAsync("sim", name, model, Cancelled);
            if (now.State == DeploymentState.Ready)
            {
                return now;
            }

            await Task.Delay(10, Cancelled);
        }
    }

    private static async Task<ProviderJob> TrainAsync(OpenAIProvider provider, string model, string run)
    {
        string file = await UploadAsync(provider, run, TrainingForm.FamilyOf(model) == ModelFamily.Chat);
        ProviderJob job = await provider.CreateJobAsync(Request(model, file, run), Cancelled);
        return await RunningSimulator.EndOfAsync(provider, job.Id);
    }

    private static async Task<string> UploadAsync(OpenAIProvider provider, string name, bool chat)
    {
        byte[] content = RunningSimulator.TrainingFile(chat);
        ProviderFile file = await provider.UploadFileAsync($"{name}.jsonl", new MemoryStream(content), content.Length, Cancelled);
        while (file.State == FileState.Pending)
        {
            await Task.Delay(10, Cancelled);
            file = (await provider.GetFileAsync(file.Id, Cancelled)).ShouldNotBeNull();
        }

        file.State.ShouldBe(FileState.Ready);
        return file.Id;
    }

    private static JobRequest Request(string model, string file, string run) => new()
    {
        Model = model,
        TrainingFile = file,
        Suffix = "test",
        Seed = 1,
        Epochs = 4,
        Metadata = Metadata(run),
    };

    private static ImmutableSortedDictionary<string, string> Metadata(string run) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("ftf_run", run).Add("ftf_candidate", "c");

    private static ModelQuestion Question(ModelFamily family, string model, string text) => new()
    {
        Model = model,
        Family = family,
        Messages = [new ChatTurn("user", new TrainingForm(family) is var form && family == ModelFamily.Completion ? form.Prompt(text) : text)],
        MaxTokens = 2,
        TopLogProbabilities = 5,
    };
}
