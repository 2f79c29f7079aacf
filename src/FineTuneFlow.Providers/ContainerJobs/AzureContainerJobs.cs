using System.Text.Json.Nodes;
using Azure.Core;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Runs the baseline as an execution of a manual Container Apps job. Starting has no idempotency key: run, baseline and
/// attempt stand in each execution's environment, by which it is found again.</summary>
public sealed class AzureContainerJobs(AzureContainerOptions options, TokenCredential credential, IBlobStore store, TimeProvider clock) : IContainerJobs, IDisposable
{
    /// <summary>Execution id for outputs whose execution the service has forgotten.</summary>
    private const string Forgotten = "forgotten";

    private readonly ResourceManagerConnection _connection = new(options, credential);
    private readonly ContainerReports _reports = new(store);

    public ContainerFacts FactsOf(ContainerJobRequest request) => new(options.RequestTimeout, options.Arrival, options.Machine);

    public async Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        // Of several that a service without idempotency keys could hold, the first is the one that was adopted.
        ExecutionReading? ours = (await _connection.ListExecutionsAsync(cancellation))
            .Select(ExecutionReading.Of)
            .OfType<ExecutionReading>()
            .Where(execution => execution.RunId == request.RunId && execution.Baseline == request.Baseline && execution.Attempt == request.Attempt)
            .MinBy(execution => execution.StartedAt);
        return ours is null ? await ForgottenAsync(request, cancellation) : await TellAsync(request, ours, cancellation);
    }

    public async Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        JsonNode job = await _connection.ReadJobAsync(cancellation);
        JsonObject template = JobTemplate.Of(job, options.Container, ContainerEnvironment.Of(request, AddressOf), request.Image);
        // What an interrupted execution has told must not be taken for this one's.
        foreach (string file in new[] { ContainerFiles.Progress, ContainerFiles.Log, ContainerFiles.Result })
        {
            await store.DeleteAsync(request.OutputFile(file), cancellation);
        }

        JsonNode answer = await _connection.StartAsync(template, cancellation);
        return answer["name"]?.ToString() is { Length: > 0 } name
            ? new ContainerExecution { Id = name, State = ContainerState.Pending, StartedAt = clock.GetUtcNow(), Machine = options.Machine }
            : throw new FlowException(FailureKind.Ambiguous, "The container's start was accepted without naming the execution; it is looked for");
    }

    public async Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        JsonNode? node = executionId == Forgotten ? null : await _connection.ReadExecutionAsync(executionId, cancellation);
        return node is not null && ExecutionReading.Of(node) is { } execution
            ? await TellAsync(request, execution, cancellation)
            : await ForgottenAsync(request, cancellation);
    }

    public async Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        string log = await _reports.LogTailAsync(request, cancellation);
        if (log.Length > 0)
        {
            return log;
        }

        JsonNode? node = await _connection.ReadExecutionAsync(executionId, cancellation);
        return node is null ? "" : ExecutionReading.Of(node)?.Detail ?? "";
    }

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        executionId == Forgotten ? Task.CompletedTask : _connection.StopAsync(executionId, cancellation);

    public void Dispose() => _connection.Dispose();

    private async Task<ContainerExecution> TellAsync(ContainerJobRequest request, ExecutionReading execution, CancellationToken cancellation)
    {
        ContainerProgress? progress = await _reports.ProgressAsync(request, cancellation);
        var told = new ContainerExecution
        {
            Id = execution.Name,
            State = execution.State == ContainerState.Running && progress is null ? ContainerState.Pending : execution.State,
            StartedAt = execution.StartedAt,
            EndedAt = execution.State is ContainerState.Running or ContainerState.Pending ? null : execution.EndedAt,
            Machine = options.Machine,
            Progress = progress,
        };
        if (execution.State is not (ContainerState.Succeeded or ContainerState.Failed))
        {
            return told;
        }

        ContainerResult? result = await _reports.ResultAsync(request, cancellation);
        if (result is { HasSucceeded: true })
        {
            // Whatever the service says about the container's end: its outputs are whole, as the result is written last.
            return told with { State = ContainerState.Succeeded };
        }

        int? code = execution.State == ContainerState.Succeeded ? null : execution.ExitCode is 0 ? null : execution.ExitCode;
        bool began = progress is not null || execution.State == ContainerState.Succeeded;
        return told with { State = ContainerState.Failed, Failure = ContainerVerdict.Of(result, code, began) };
    }

    private async Task<ContainerExecution?> ForgottenAsync(ContainerJobRequest request, CancellationToken cancellation)
    {
        if (await _reports.ResultAsync(request, cancellation) is not { HasSucceeded: true } result)
        {
            return null;
        }

        DateTimeOffset? ended = (await _reports.ProgressAsync(request, cancellation))?.At;
        TimeSpan worked = TimeSpan.FromSeconds((result.TrainSeconds ?? 0) + (result.PredictSeconds ?? 0));
        return new ContainerExecution { Id = Forgotten, State = ContainerState.Succeeded, StartedAt = ended - worked, EndedAt = ended, Machine = options.Machine };
    }

    private string AddressOf(BlobPath blob) =>
        $"{options.BlobService.ToString().TrimEnd('/')}/{blob.Container}/{string.Join('/', blob.Name.Split('/').Select(Uri.EscapeDataString))}";
}
