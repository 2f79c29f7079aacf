using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Makes a thing that must be made once at a service that knows no idempotency keys: the intent is recorded first, the
/// making is sent without retries, and after any doubt the thing is looked for, and adopted, before it would be made again.</summary>
/// <remarks>Whoever writes the intent owns the making, and keeps the intent fresh while it goes on. A second delivery of the same
/// activity finds the intent and does not make anything until the look-up has found nothing for the grace period, in which a request
/// still under way would arrive. The period runs from the last sign of life of a sender that has died, and from the moment at which a
/// living one gave up.</remarks>
public sealed class SpendOnce(IBlobStore store, TimeProvider time)
{
    /// <param name="record">Where intent and result are kept.</param>
    /// <param name="grace">How long a request may still be under way.</param>
    /// <param name="find">Looks for what an earlier attempt has left; null: nothing there.</param>
    /// <param name="make">Makes it; sent once. A failure other than Ambiguous means that nothing was made.</param>
    /// <param name="cancellation">Gives up; a making under way counts as in doubt.</param>
    /// <exception cref="FlowException">Ambiguous, with the rest of the grace period as RetryAfter; or what <paramref name="make"/> threw.</exception>
    public async Task<T> RunAsync<T>(
        BlobPath record,
        SpendGrace grace,
        Func<CancellationToken, Task<T?>> find,
        Func<CancellationToken, Task<T>> make,
        CancellationToken cancellation)
        where T : class
    {
        (SpendRecord<T> Value, string ETag)? known = await store.FindJsonAsync<SpendRecord<T>>(record, cancellation);
        if (known?.Value.Result is { } made)
        {
            return made;
        }

        DateTimeOffset before = time.GetUtcNow();
        if (await find(cancellation) is { } found)
        {
            // Adopted: made by an attempt whose answer was lost, or by the same run on another machine.
            await store.WriteJsonAsync(record, new SpendRecord<T>(time.GetUtcNow(), SpendState.Adopted, found), cancellation: cancellation);
            return found;
        }

        LiveIntent<T> intent = await ClaimAsync(record, grace, known, before, cancellation);
        T result;
        try
        {
            await using (intent)
            {
                result = await make(cancellation);
            }
        }
        catch (FlowException error) when (error.Failure.Kind is not FailureKind.Ambiguous)
        {
            // Nothing was made: the next attempt need not wait.
            await NoteAsync<T>(record, SpendState.Refused, intent);
            throw;
        }
        catch
        {
            // The sender has given up: from now on only the arrival has to be waited for.
            await NoteAsync<T>(record, SpendState.InDoubt, intent);
            throw;
        }

        await store.WriteJsonAsync(record, new SpendRecord<T>(time.GetUtcNow(), SpendState.Made, result), cancellation: CancellationToken.None);
        return result;
    }

    /// <summary>Does something that makes nothing which could be looked for, such as asking questions, while nobody else does it: the
    /// intent is kept fresh meanwhile, and taken away when it has ended, however it has.</summary>
    /// <param name="record">Where the intent is kept.</param>
    /// <param name="grace">How long it counts after its last sign of life.</param>
    /// <param name="act">Keeps by itself what it has had.</param>
    /// <param name="cancellation">Gives up before it is begun.</param>
    /// <exception cref="FlowException">Ambiguous: another attempt is under way, or was and its grace period is not over; or what
    /// <paramref name="act"/> threw.</exception>
    public async Task<T> HoldAsync<T>(BlobPath record, SpendGrace grace, Func<Task<T>> act, CancellationToken cancellation)
    {
        LiveIntent<Held> ours = await ClaimAsync<Held>(record, grace, cancellation);
        try
        {
            await using (ours)
            {
                return await act();
            }
        }
        finally
        {
            // What was had is kept: whoever comes next need not wait for us. Not where another attempt has begun by now.
            if (await ours.StandsAsync())
            {
                await store.DeleteAsync(record, CancellationToken.None);
            }
        }
    }

    /// <summary>Takes the right to make something: writes the intent, and keeps it fresh until the returned is disposed of.</summary>
    internal async Task<LiveIntent<T>> ClaimAsync<T>(BlobPath record, SpendGrace grace, CancellationToken cancellation)
        where T : class =>
        await ClaimAsync(record, grace, await store.FindJsonAsync<SpendRecord<T>>(record, cancellation), time.GetUtcNow(), cancellation);

    private async Task<LiveIntent<T>> ClaimAsync<T>(
        BlobPath record, SpendGrace grace, (SpendRecord<T> Value, string ETag)? known, DateTimeOffset before, CancellationToken cancellation)
        where T : class
    {
        if (known is { Value: var earlier } && grace.Left(earlier.State, earlier.At, before) is { } left && left > TimeSpan.Zero)
        {
            throw new FlowException(new Failure(
                FailureKind.Ambiguous,
                "Another attempt is under way, or was interrupted and its request may still arrive at the service",
                "It is looked for again shortly",
                RetryAfter: left));
        }

        DateTimeOffset now = time.GetUtcNow();
        var intent = new SpendRecord<T>(now, SpendState.Intended, null, known?.Value.Since ?? now, Guid.NewGuid().ToString("n"));
        // Only one writer gets through: Conflict means that another delivery of this activity has just begun.
        string etag = await Intend(record, intent, known?.ETag, cancellation);
        return new LiveIntent<T>(store, time, record, intent, etag, grace.Arrival / 3);
    }

    /// <summary>Where this cannot be written, the intent stands and holds the next attempt for longer; what went wrong at the service is
    /// what has to be told.</summary>
    private async Task NoteAsync<T>(BlobPath record, SpendState state, LiveIntent<T> intent)
        where T : class
    {
        try
        {
            await store.WriteJsonAsync(record, new SpendRecord<T>(time.GetUtcNow(), state, null, intent.Since), WriteCondition.Matches(intent.ETag), CancellationToken.None);
        }
        catch (FlowException)
        {
            // As above.
        }
    }

    private async Task<string> Intend<T>(BlobPath record, SpendRecord<T> intent, string? etag, CancellationToken cancellation)
        where T : class
    {
        try
        {
            WriteCondition condition = etag is null ? WriteCondition.Absent : WriteCondition.Matches(etag);
            return (await store.WriteJsonAsync(record, intent, condition, cancellation)).ETag;
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            throw new FlowException(new Failure(
                FailureKind.Ambiguous, "Another attempt at the same step is under way", "It is looked for again shortly", RetryAfter: TimeSpan.FromSeconds(2)));
        }
    }
}

/// <param name="At">Of the last change.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Result">Made or Adopted: the thing.</param>
/// <param name="Since">When it was intended for the first time: what an attempt has left is not older.</param>
/// <param name="Holder">Of an intent: whose it is, so that an attempt knows its own, also where the answer to its writing was lost.</param>
public sealed record SpendRecord<T>(DateTimeOffset At, SpendState State, T? Result, DateTimeOffset? Since = null, string? Holder = null)
    where T : class;

/// <summary>Stands for the result of what is only held, which has none.</summary>
public sealed record Held;

public enum SpendState
{
    /// <summary>Recorded before the call: it may be under way.</summary>
    Intended,
    /// <summary>The call ended without an answer that says whether the thing was made.</summary>
    InDoubt,
    Made,
    Adopted,
    /// <summary>The service said no: nothing was made.</summary>
    Refused,
}
