using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Drops that lie in the container and have started no run, each with the reason.</summary>
public sealed class RefusedDrops(IBlobStore store, TimeProvider time)
{
    public async Task NoteAsync(BlobPath drop, Failure failure, CancellationToken cancellation) =>
        await store.WriteJsonAsync(RunPaths.RefusedDrop(drop), new RefusedDrop(drop.ToString(), time.GetUtcNow(), failure), cancellation: cancellation);

    public async Task ForgetAsync(BlobPath drop, CancellationToken cancellation) =>
        await store.DeleteAsync(RunPaths.RefusedDrop(drop), cancellation);

    /// <summary>Tells of it no more. The same file is not taken again by itself, and a new one under its name is looked at anew.</summary>
    /// <param name="drop">Container and name, as it is listed.</param>
    /// <exception cref="FlowException">InvalidInput: no name of a drop; NotFound: it is not listed.</exception>
    public async Task DismissAsync(string drop, CancellationToken cancellation)
    {
        BlobPath path = BlobPath.Parse(drop);
        if (path.Container != RunPaths.Drops || !await store.DeleteAsync(RunPaths.RefusedDrop(path), cancellation))
        {
            throw new FlowException(new Failure(
                FailureKind.NotFound, $"{path} is no drop that was refused", "List them by GET runs, or ftf runs.", Field: "drop"));
        }
    }

    /// <summary>Those that still lie there, in order of name.</summary>
    /// <param name="project">Only this project's; null: all, also those that lie under no project's name.</param>
    public async Task<ImmutableArray<RefusedDrop>> ListAsync(string? project, CancellationToken cancellation)
    {
        var listed = ImmutableArray.CreateBuilder<RefusedDrop>();
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, RunPaths.RefusedPrefix(project), cancellation))
        {
            if ((await store.FindJsonAsync<RefusedDrop>(entry.Path, cancellation))?.Value is not { } note)
            {
                continue;
            }

            await using BlobRead? there = await store.OpenAsync(BlobPath.Parse(note.Drop), cancellation);
            if (there is null)
            {
                // Who takes the drop away has answered the note.
                await store.DeleteAsync(entry.Path, cancellation);
                continue;
            }

            listed.Add(note);
        }

        return listed.ToImmutable();
    }
}

/// <param name="Drop">Container and name.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Failure">Why, and what to do.</param>
public sealed record RefusedDrop(string Drop, DateTimeOffset At, Failure Failure);
