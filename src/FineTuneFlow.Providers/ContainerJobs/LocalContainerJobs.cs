using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Runs the baseline's program as a child process that outlives the host. Inputs are copied from the blobs to a folder,
/// outputs back when it has ended. The child is found again by its folder; when the machine went down with it, its work is
/// begun anew.</summary>
public sealed class LocalContainerJobs(LocalContainerOptions options, IBlobStore store, TimeProvider clock) : IContainerJobs
{
    /// <summary>Among the inputs: the encoder to go on from.</summary>
    private const string Earlier = "earlier";

    /// <summary>The shell's word for SIGKILL.</summary>
    private const int Killed = 128 + 9;

    /// <summary>Begun again, from what it has kept: on a person's machine somebody may have killed it, as its host. Where memory lacks, that
    /// takes a few attempts to be given up.</summary>
    private static readonly Failure WasKilled = new(
        FailureKind.Unavailable, "The baseline's program was killed (SIGKILL): by somebody, or by the system for lack of memory", "If it happens again, use a larger machine or a smaller model");

    /// <summary>What was started is there at once; a host that is starting one keeps its intent fresh.</summary>
    public ContainerFacts FactsOf(ContainerJobRequest request) => new(TimeSpan.Zero, TimeSpan.FromSeconds(2), options.Machine);

    public async Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        LocalExecution execution = Of(request);
        return execution.State?.Attempt == request.Attempt ? await TellAsync(request, execution, cancellation) : null;
    }

    public async Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default)
    {
        LocalExecution execution = Of(request);
        execution.Clear();
        foreach ((BlobPath blob, string file) in Inputs(request))
        {
            await DownloadAsync(blob, execution.Input(file), cancellation);
        }

        if (request.ContinueFrom is { } earlier)
        {
            await DownloadFolderAsync(earlier, execution.Input(Earlier), cancellation);
        }

        execution.Begin(request.Attempt, clock.GetUtcNow());
        execution.Spawn(options.Command, ContainerEnvironment.Of(request, blob => AddressOf(request, execution, blob)));
        return await TellAsync(request, execution, cancellation);
    }

    public async Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        LocalExecution execution = Of(request);
        return execution.State?.Id == executionId ? await TellAsync(request, execution, cancellation) : null;
    }

    public async Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        LocalExecution execution = Of(request);
        return execution.State?.Id == executionId && File.Exists(execution.Console)
            ? ContainerReports.Tail(await ReadSharedAsync(execution.Console, cancellation))
            : "";
    }

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default)
    {
        LocalExecution execution = Of(request);
        if (execution.State?.Id == executionId && execution.ExitCode is null)
        {
            execution.Cancel(clock.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    private LocalExecution Of(ContainerJobRequest request) =>
        // Both names have been through BlobPath, which leaves no way out of the folder.
        new(Path.GetFullPath(Path.Combine(options.WorkFolder, request.RunId, request.Baseline)));

    private async Task<ContainerExecution> TellAsync(ContainerJobRequest request, LocalExecution execution, CancellationToken cancellation)
    {
        LocalState state = execution.State!;
        var told = new ContainerExecution
        {
            Id = state.Id,
            State = ContainerState.Running,
            StartedAt = state.StartedAt,
            Machine = options.Machine,
            Progress = execution.Read<ContainerProgress>(ContainerFiles.Progress),
        };
        if (state.CancelledAt is { } cancelled)
        {
            return told with { State = ContainerState.Cancelled, EndedAt = cancelled };
        }

        // In this order: a program that ends between the two looks has left its exit code by the second.
        bool alive = execution.IsAlive(clock.GetUtcNow());
        if (execution.ExitCode is not { } code)
        {
            return alive
                ? told with { State = told.Progress is null ? ContainerState.Pending : ContainerState.Running }
                : told with
                {
                    State = ContainerState.Failed,
                    Failure = new Failure(FailureKind.Unavailable, "The baseline's process is gone without an exit code: it was killed, or the machine went down"),
                };
        }

        await UploadAsync(request, execution, cancellation);
        ContainerResult? result = execution.Read<ContainerResult>(ContainerFiles.Result);
        bool succeeded = code == 0 && result is { HasSucceeded: true };
        return told with
        {
            State = succeeded ? ContainerState.Succeeded : ContainerState.Failed,
            EndedAt = execution.EndedAt,
            Failure = succeeded ? null : result is null && code == Killed ? WasKilled : ContainerVerdict.Of(result, code == 0 ? null : code, began: true),
        };
    }

    private async Task UploadAsync(ContainerJobRequest request, LocalExecution execution, CancellationToken cancellation)
    {
        if (execution.IsUploaded)
        {
            return;
        }

        // The result last: an output folder with it is whole.
        foreach (string file in execution.Outputs.OrderBy(file => file == ContainerFiles.Result))
        {
            await using FileStream content = File.OpenRead(Path.Combine(execution.OutputFolder, file));
            await store.WriteAsync(request.OutputFile(file), content, cancellation: cancellation);
        }

        execution.MarkUploaded();
    }

    private static ImmutableArray<(BlobPath Blob, string File)> Inputs(ContainerJobRequest request) =>
    [
        (request.Train, ContainerFiles.Train), (request.Validation, ContainerFiles.Validation), (request.Texts, ContainerFiles.Texts),
        (request.Labels, ContainerFiles.Labels),
    ];

    private static string AddressOf(ContainerJobRequest request, LocalExecution execution, BlobPath blob) =>
        blob == request.Output ? execution.OutputFolder
        : blob == request.ContinueFrom ? execution.Input(Earlier)
        : execution.Input(Inputs(request).First(input => input.Blob == blob).File);

    private async Task DownloadFolderAsync(BlobPath folder, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        await foreach (BlobEntry file in store.ListAsync(folder.Container, folder.Name + "/", cancellation))
        {
            string name = file.Path.Name[(folder.Name.Length + 1)..];
            if (name == Path.GetFileName(name))
            {
                await DownloadAsync(file.Path, Path.Combine(target, name), cancellation);
            }
        }
    }

    private async Task DownloadAsync(BlobPath blob, string file, CancellationToken cancellation)
    {
        await using BlobRead read = await store.OpenAsync(blob, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{blob} is not there", "Prepare the data set again");
        await using FileStream target = File.Create(file);
        await read.Content.CopyToAsync(target, cancellation);
    }

    /// <summary>The child may still have it open for writing.</summary>
    private static async Task<byte[]> ReadSharedAsync(string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
