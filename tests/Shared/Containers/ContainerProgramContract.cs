using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Tests.Containers;

/// <summary>What docs/baseline-contract.md asks of a program on a machine, seen from the host's side; held to by the stand-in of the tests and by the
/// product's trainer.</summary>
public abstract class ContainerProgramContract(Azurite azurite) : IAsyncLifetime
{
    private readonly BaselineRun _run = new(azurite);
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-baseline-").FullName;

    /// <summary>The program, made to fail in one of the contract's ways.</summary>
    /// <param name="fail">A word of result.json, "wait" for one that does not end by itself; null: it is to succeed.</param>
    protected abstract ImmutableArray<string> Command(string? fail);

    /// <summary>What the program prints for this request.</summary>
    protected abstract string Printed { get; }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Container baselines run as a program on Linux and macOS only");
        await _run.WithInputsAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        // Whatever a failed test has left running.
        LocalContainerJobs jobs = Jobs();
        for (int attempt = 1; attempt < 4; attempt++)
        {
            await jobs.CancelAsync(_run.Request, $"local-{attempt}");
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A program that was just stopped still writes its last line; the folder is a temporary one.
        }
    }

    [Fact]
    public async Task The_program_trains_on_the_rows_and_its_predictions_come_back_to_be_scored_by_us()
    {
        LocalContainerJobs jobs = Jobs();
        string id = (await StartAsync(jobs, _run.Request)).Id;

        ContainerExecution done = await EndAsync(jobs, id);

        done.State.ShouldBe(ContainerState.Succeeded, done.Failure?.ToString());
        done.Progress!.Stage.ShouldBeOneOf("predicting", "done");
        done.Machine.ShouldBe("local");
        using var predictions = new MemoryStream(Encoding.UTF8.GetBytes((await _run.ReadOutputAsync(ContainerFiles.Predictions))!));
        IReadOnlyList<Prediction> read = ContainerOutputs.ReadPredictions(predictions, new LabelSet(["1", "5"], true, ["5"]));
        read.Select(p => (p.Id, p.Label)).ShouldBe([("c1", "5"), ("c2", "1")]);
        using var metrics = new MemoryStream(Encoding.UTF8.GetBytes((await _run.ReadOutputAsync(ContainerFiles.Metrics))!));
        ContainerOutputs.ReadCurve(metrics).Points.Length.ShouldBeGreaterThanOrEqualTo(2, "a point for each of two epochs, or more");
        (await _run.ReadOutputAsync(ContainerFiles.Result))!.ShouldContain("succeeded");
        (await jobs.ReadLogTailAsync(_run.Request, id)).ShouldContain(Printed);
        (await StartAsync(jobs, _run.Request)).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("training", FailureKind.JobFailed)]
    [InlineData("invalidInput", FailureKind.InvalidInput)]
    public Task A_program_that_fails_is_not_started_again(string how, FailureKind kind) => FailsForGoodAsync(how, kind);

    protected async Task FailsForGoodAsync(string how, FailureKind kind)
    {
        LocalContainerJobs jobs = Jobs(how);
        string id = (await StartAsync(jobs, _run.Request)).Id;

        ContainerExecution failed = await EndAsync(jobs, id);

        failed.State.ShouldBe(ContainerState.Failed);
        failed.Failure!.Kind.ShouldBe(kind);
        (await StartAsync(jobs, _run.Request)).Id.ShouldBe(id);
        (await jobs.ReadLogTailAsync(_run.Request, id)).ShouldNotBeEmpty();
    }

    [Fact]
    public Task A_program_that_could_not_reach_something_is_started_again() => IsStartedAgainAsync("unavailable");

    protected async Task IsStartedAgainAsync(string how)
    {
        LocalContainerJobs broken = Jobs(how);
        string id = (await StartAsync(broken, _run.Request)).Id;
        ContainerExecution failed = await EndAsync(broken, id);
        failed.Failure!.Kind.ShouldBe(FailureKind.Unavailable, await broken.ReadLogTailAsync(_run.Request, id));

        LocalContainerJobs mended = Jobs();
        string again = (await StartAsync(mended, _run.Request)).Id;

        again.ShouldNotBe(id);
        (await EndAsync(mended, again)).State.ShouldBe(ContainerState.Succeeded);
        (await mended.GetAsync(_run.Request, id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_host_that_comes_back_finds_the_program_that_an_earlier_one_has_started()
    {
        LocalContainerJobs before = Jobs("wait");
        string id = (await StartAsync(before, _run.Request)).Id;
        await UntilAsync(before, id, execution => execution.State == ContainerState.Running);

        LocalContainerJobs after = Jobs("wait");
        ContainerExecution found = await StartAsync(after, _run.Request);

        found.Id.ShouldBe(id);
        found.State.ShouldBe(ContainerState.Running);
        int pid = Pid();
        await after.CancelAsync(_run.Request, id);
        (await after.GetAsync(_run.Request, id))!.State.ShouldBe(ContainerState.Cancelled);
        (await StartAsync(after, _run.Request)).State.ShouldBe(ContainerState.Cancelled);
        await GoneAsync(pid);
    }

    [Fact]
    public async Task A_program_that_was_killed_with_the_machine_is_begun_anew()
    {
        LocalContainerJobs jobs = Jobs("wait");
        string id = (await StartAsync(jobs, _run.Request)).Id;
        await UntilAsync(jobs, id, execution => execution.State == ContainerState.Running);
        using (Process process = Process.GetProcessById(Pid()))
        {
            process.Kill(entireProcessTree: true);
        }

        ContainerExecution gone = await EndAsync(jobs, id);
        gone.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        LocalContainerJobs mended = Jobs();
        string again = (await StartAsync(mended, _run.Request)).Id;

        again.ShouldBe("local-2");
        (await EndAsync(mended, again)).State.ShouldBe(ContainerState.Succeeded);
    }

    [Fact]
    public async Task Starts_at_the_same_time_are_one()
    {
        LocalContainerJobs jobs = Jobs("wait");

        Task<ContainerExecution>[] all = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => StartAsync(jobs, _run.Request)))];
        await Task.WhenAll(all.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));

        string id = all.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result.Id).Distinct().ShouldHaveSingleItem();
        all.Where(one => one.IsFaulted).ShouldAllBe(one => ((FlowException)one.Exception!.InnerException!).Failure.Kind == FailureKind.Ambiguous);
        await UntilAsync(jobs, id, execution => execution.State == ContainerState.Running);
        await jobs.CancelAsync(_run.Request, id);
        await GoneAsync(Pid());
    }

    [Fact]
    public async Task A_program_that_is_cancelled_before_it_has_begun_never_does()
    {
        LocalContainerJobs jobs = Jobs();
        ContainerExecution started = await StartAsync(jobs, _run.Request);

        await jobs.CancelAsync(_run.Request, started.Id);

        (await jobs.GetAsync(_run.Request, started.Id))!.State.ShouldBe(ContainerState.Cancelled);
        (await _run.ReadOutputAsync(ContainerFiles.Result)).ShouldBeNull();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_by_its_exit_code_and_log()
    {
        var jobs = new LocalContainerJobs(new LocalContainerOptions { Command = ["ftf-no-such-program"], WorkFolder = _folder }, _run.Store, TimeProvider.System);
        string id = (await StartAsync(jobs, _run.Request)).Id;

        ContainerExecution failed = await EndAsync(jobs, id);

        failed.Failure!.Message.ShouldContain("127");
        (await jobs.ReadLogTailAsync(_run.Request, id)).ShouldContain("ftf-no-such-program");
    }

    [Fact]
    public async Task Inputs_that_are_not_there_start_nothing()
    {
        LocalContainerJobs jobs = Jobs();
        ContainerJobRequest request = _run.Request with { Baseline = "other", Texts = BlobPath.Of(_run.Request.Texts.Container, "nothing.jsonl") };

        (await Should.ThrowAsync<FlowException>(() => StartAsync(jobs, request))).Failure.Kind.ShouldBe(FailureKind.NotFound);
    }

    private async Task<ContainerExecution> StartAsync(LocalContainerJobs jobs, ContainerJobRequest request)
    {
        var starts = new ContainerStarts(_run.Store, jobs, new SpendOnce(_run.Store, TimeProvider.System), TimeProvider.System);
        return (await jobs.GetAsync(request, (await starts.StartAsync(request, default)).ExecutionId)).ShouldNotBeNull();
    }

    private LocalContainerJobs Jobs(string? fail = null) =>
        new(new LocalContainerOptions { Command = Command(fail), WorkFolder = _folder }, _run.Store, TimeProvider.System);

    private Task<ContainerExecution> EndAsync(LocalContainerJobs jobs, string id) => UntilAsync(jobs, id, execution => execution.HasEnded);

    /// <summary>Looks again until the program, which is another process, has come so far.</summary>
    private async Task<ContainerExecution> UntilAsync(LocalContainerJobs jobs, string id, Func<ContainerExecution, bool> reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            ContainerExecution execution = (await jobs.GetAsync(_run.Request, id)).ShouldNotBeNull();
            if (reached(execution))
            {
                return execution;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private int Pid() => int.Parse(File.ReadAllText(Directory.GetFiles(_folder, "pid", SearchOption.AllDirectories).Single()));

    private static async Task GoneAsync(int pid)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            using var process = Process.GetProcessById(pid);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }
    }
}
