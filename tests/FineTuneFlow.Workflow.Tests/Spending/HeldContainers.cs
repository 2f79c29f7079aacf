using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Executions that begin at once and end when they are told to.</summary>
internal sealed class HeldContainers : IContainerJobs
{
    private readonly List<(int Attempt, ContainerExecution Execution)> _executions = [];

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Executions are not shown yet, or not any more.</summary>
    public bool IsHidden { get; set; }

    /// <summary>The answer to the next start is lost; what it starts goes on.</summary>
    public bool LosesNextStart { get; set; }

    public int Started => _executions.Count;

    public List<string> Cancelled { get; } = [];

    public void End(ContainerState state, Failure? failure) => _executions[^1] = (
        _executions[^1].Attempt, _executions[^1].Execution with { State = state, EndedAt = Clock.GetUtcNow(), Failure = failure });

    /// <summary>The last one was put into a queue only.</summary>
    public void NeverBegan() => _executions[^1] = (_executions[^1].Attempt, _executions[^1].Execution with { StartedAt = null });

    public ContainerFacts FactsOf(ContainerJobRequest request) => new(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(30), "t4");

    public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) =>
        Task.FromResult(IsHidden ? null : _executions.Where(e => e.Attempt == request.Attempt).Select(e => e.Execution).FirstOrDefault());

    public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        var execution = new ContainerExecution
        {
            Id = $"execution-{_executions.Count + 1}", State = ContainerState.Running, StartedAt = Clock.GetUtcNow(), Machine = "t4",
        };
        _executions.Add((request.Attempt, execution));
        if (LosesNextStart)
        {
            LosesNextStart = false;
            throw new FlowException(FailureKind.Ambiguous, "no answer");
        }

        return Task.FromResult(execution);
    }

    public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        Task.FromResult(IsHidden ? null : _executions.Where(e => e.Execution.Id == executionId).Select(e => e.Execution).FirstOrDefault());

    public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => Task.FromResult("");

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        Cancelled.Add(executionId);
        return Task.CompletedTask;
    }
}
