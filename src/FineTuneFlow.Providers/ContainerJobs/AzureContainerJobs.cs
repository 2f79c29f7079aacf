using System.Text.Json.Nodes;
using Azure.Core;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Runs the baseline as an execution of a manual Container Apps job. Starting has no idempotency key: the run and baseline
/// stand in each execution's environment, the executions are listed before another is started, and an intent beside the
/// outputs bridges the time until a start whose answer was lost shows up in that list.</summary>
public sealed class AzureContainerJobs(AzureContainerOptions options, TokenCredential credential, IBlobStore store, TimeProvider clock) : IContainerJobs, IDisposable
{
    /// <summary>Execution id for outputs whose execution the service has forgotten.</summary>
    private const string Forgotten = "forgotten";

    private readonly ResourceManagerConnection _connection = new(options, credential);
    private readonly ContainerReports _reports = new(store);

    public async Task<ContainerExecution> StartOrFindAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        List<ExecutionReading> ours = await OursAsync(request, cancellation);
        foreach (ExecutionReading execution in ours)
        {
            ContainerExecution tells = await TellAsync(request, execution, cancellation);
            if (tells.Failure is not { Kind: FailureKind.Unavailable })
            {
                return tells;
            }
        }

        if (await ForgottenAsync(request, cancellation) is { } whole)
        {
            return whole;
        }

        string? intent = await WaitForIntentAsync(request, ours, cancellation);
        return await StartAsync(request, ours.Count + 1, intent, cancellation);
    }

    public async Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        List<ExecutionReading> ours = await OursAsync(request, cancellation);
        await WaitForIntentAsync(request, ours, cancellation);
        return ours is [var last, ..] ? await TellAsync(request, last, cancellation) : await ForgottenAsync(request, cancellation);
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

    /// <summary>This run's and baseline's executions, the latest first.</summary>
    private async Task<List<ExecutionReading>> OursAsync(ContainerJobRequest request, CancellationToken cancellation) =>
    [
        .. (await _connection.ListExecutionsAsync(cancellation))
            .Select(ExecutionReading.Of)
            .OfType<ExecutionReading>()
            .Where(execution => execution.RunId == request.RunId && execution.Baseline == request.Baseline)
            .OrderByDescending(execution => execution.StartedAt),
    ];

    /// <summary>An intent without an execution: the start may still be on its way to the list.</summary>
    /// <returns>The ETag of the intent that has come to its end; null: there is none.</returns>
    private async Task<string?> WaitForIntentAsync(ContainerJobRequest request, List<ExecutionReading> ours, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<StartIntent>(IntentOf(request), cancellation) is not { Value: var intent } known)
        {
            return null;
        }

        // One execution for each intent so far means that the last one has shown up (and failed before it began).
        TimeSpan waited = clock.GetUtcNow() - intent.At;
        if (ours.Count < intent.Number && waited < options.Grace)
        {
            throw new FlowException(new Failure(
                FailureKind.Ambiguous,
                "A start of the container was sent and its answer lost; the execution has not shown up yet",
                RetryAfter: TimeSpan.FromSeconds(Math.Clamp((options.Grace - waited).TotalSeconds, 1, 30))));
        }

        return known.ETag;
    }

    private async Task<ContainerExecution> StartAsync(ContainerJobRequest request, int number, string? earlier, CancellationToken cancellation)
    {
        JsonNode job = await _connection.ReadJobAsync(cancellation);
        JsonObject template = JobTemplate.Of(job, options.Container, ContainerEnvironment.Of(request, AddressOf));
        await IntendAsync(request, new StartIntent(number, clock.GetUtcNow()), earlier, cancellation);
        // What an interrupted execution has told must not be taken for this one's.
        foreach (string file in new[] { ContainerFiles.Progress, ContainerFiles.Log, ContainerFiles.Result })
        {
            await store.DeleteAsync(request.OutputFile(file), cancellation);
        }

        JsonNode answer;
        try
        {
            answer = await _connection.StartAsync(template, cancellation);
        }
        catch (FlowException refused) when (refused.Failure.Kind is not FailureKind.Ambiguous)
        {
            // Surely nothing was started: the next attempt need not wait for it.
            await store.DeleteAsync(IntentOf(request), cancellation);
            throw;
        }

        return answer["name"]?.ToString() is { Length: > 0 } name
            ? new ContainerExecution { Id = name, State = ContainerState.Pending, StartedAt = clock.GetUtcNow(), Machine = options.Machine }
            : throw new FlowException(FailureKind.Ambiguous, "The container's start was accepted without naming the execution; it is looked for");
    }

    /// <summary>Of two hosts that have both found nothing, one gets its intent written and starts.</summary>
    private async Task IntendAsync(ContainerJobRequest request, StartIntent intent, string? earlier, CancellationToken cancellation)
    {
        try
        {
            WriteCondition condition = earlier is null ? WriteCondition.Absent : WriteCondition.Matches(earlier);
            await store.WriteJsonAsync(IntentOf(request), intent, condition, cancellation);
        }
        catch (FlowException other) when (other.Failure.Kind == FailureKind.Conflict)
        {
            throw new FlowException(new Failure(
                FailureKind.Ambiguous, "Another attempt starts this container", "It is looked for again shortly", RetryAfter: TimeSpan.FromSeconds(5)));
        }
    }

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
        if (result?.Status == "succeeded")
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
        if (await _reports.ResultAsync(request, cancellation) is not { Status: "succeeded" } result)
        {
            return null;
        }

        DateTimeOffset? ended = (await _reports.ProgressAsync(request, cancellation))?.At;
        TimeSpan worked = TimeSpan.FromSeconds((result.TrainSeconds ?? 0) + (result.PredictSeconds ?? 0));
        return new ContainerExecution { Id = Forgotten, State = ContainerState.Succeeded, StartedAt = ended - worked, EndedAt = ended, Machine = options.Machine };
    }

    private string AddressOf(BlobPath blob) =>
        $"{options.BlobService.ToString().TrimEnd('/')}/{blob.Container}/{string.Join('/', blob.Name.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>Beside the output folder, which holds nothing but outputs.</summary>
    private static BlobPath IntentOf(ContainerJobRequest request) => BlobPath.Of(request.Output.Container, $"{request.Output.Name}.start.json");

    /// <param name="Number">How many executions there will be with it.</param>
    /// <param name="At">When it was sent.</param>
    private sealed record StartIntent(int Number, DateTimeOffset At);
}
