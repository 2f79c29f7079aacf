using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

public sealed class ContainerStartsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_that_was_interrupted_is_paid_for_like_the_one_that_took_its_place()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        var jobs = new Containers();
        var starts = new ContainerStarts(product.Store, jobs, new SpendOnce(product.Store, jobs.Clock), jobs.Clock);
        ContainerJobRequest request = Request();
        (await starts.WorkedAsync(request, Cancellation)).ShouldBeNull();

        await starts.StartAsync(request, Cancellation);
        jobs.Clock.Advance(TimeSpan.FromHours(2));
        jobs.End(ContainerState.Failed, new Failure(FailureKind.Unavailable, "interrupted"));
        await starts.StartAsync(request, Cancellation);
        jobs.Clock.Advance(TimeSpan.FromHours(3));
        jobs.End(ContainerState.Succeeded, null);
        jobs.Clock.Advance(TimeSpan.FromHours(5));

        (await starts.WorkedAsync(request, Cancellation)).ShouldBe(("t4", TimeSpan.FromHours(5)));
        (await starts.FindLastAsync(request, Cancellation))!.Id.ShouldBe("execution-2");
    }

    private static ContainerJobRequest Request()
    {
        BlobPath Of(string file) => BlobPath.Of("runs", $"{Guid.NewGuid():N}/baselines/own/{file}");
        return new ContainerJobRequest
        {
            RunId = "containers-0123456789", Baseline = "own", Model = "distilbert-base-cased", Epochs = 1, Seed = 42,
            Train = Of("train"), Validation = Of("validation"), Texts = Of("texts"), Labels = Of("labels"), Output = Of("out"),
        };
    }

    /// <summary>Executions that begin at once and end when they are told to.</summary>
    private sealed class Containers : IContainerJobs
    {
        private readonly List<(int Attempt, ContainerExecution Execution)> _executions = [];

        public FakeTimeProvider Clock { get; } = new();

        public void End(ContainerState state, Failure? failure) => _executions[^1] = (
            _executions[^1].Attempt, _executions[^1].Execution with { State = state, EndedAt = Clock.GetUtcNow(), Failure = failure });

        public ContainerFacts FactsOf(ContainerJobRequest request) => new(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(30), "t4");

        public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) =>
            Task.FromResult(_executions.Where(e => e.Attempt == request.Attempt).Select(e => e.Execution).FirstOrDefault());

        public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default)
        {
            var execution = new ContainerExecution
            {
                Id = $"execution-{_executions.Count + 1}", State = ContainerState.Running, StartedAt = Clock.GetUtcNow(), Machine = "t4",
            };
            _executions.Add((request.Attempt, execution));
            return Task.FromResult(execution);
        }

        public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
            Task.FromResult(_executions.Where(e => e.Execution.Id == executionId).Select(e => e.Execution).FirstOrDefault());

        public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => Task.FromResult("");

        public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => Task.CompletedTask;
    }
}
