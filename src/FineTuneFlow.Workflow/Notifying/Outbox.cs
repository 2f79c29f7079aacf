using System.Globalization;
using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Notifying;

/// <summary>What people are to be told. Every notification has a record under its id, by which it is told once, and as long as it is not
/// delivered a slip that is named by when it is due. To look for what is due costs one listing of slips, however much was told before.</summary>
/// <remarks>The slip for a time is written before the record that names the time, so that a crash leaves a slip too many and never one too
/// few. A slip whose record is delivered, or due at another time, is taken away when it comes up.</remarks>
public sealed class Outbox(IBlobStore store)
{
    /// <summary>Puts in what is not in it yet, and was not told before.</summary>
    public async Task PutAsync(Notification notification, CancellationToken cancellation)
    {
        if (await store.ExistsAsync(RunPaths.Notification(notification.Id), cancellation))
        {
            return;
        }

        await WriteSlipAsync(notification, cancellation);
        await RecordAsync(notification, WriteCondition.Absent, cancellation);
    }

    /// <summary>Earlier versions wrote records alone: what they left undelivered gets its slips, once for a storage.</summary>
    public async Task TakeUpAsync(CancellationToken cancellation)
    {
        if (await store.ExistsAsync(RunPaths.NotificationsHaveSlips, cancellation))
        {
            return;
        }

        int taken = 0;
        await foreach (BlobEntry file in store.ListAsync(RunPaths.Models, RunPaths.Notifications, cancellation))
        {
            if (file.Path.Name.StartsWith(RunPaths.DueNotifications, StringComparison.Ordinal) || file.Path == RunPaths.NotificationsHaveSlips)
            {
                continue;
            }

            // Without a time of delivery after the last attempt: it was given up.
            if (await store.FindJsonAsync<Notification>(file.Path, cancellation) is { Value: { DeliveredAt: null, Attempts: < Notification.MostAttempts } waiting })
            {
                await WriteSlipAsync(waiting, cancellation);
                taken++;
            }
        }

        await store.WriteJsonAsync(RunPaths.NotificationsHaveSlips, new { Taken = taken }, cancellation: cancellation);
    }

    /// <summary>Undelivered notifications whose time has come, each with the ETag of its record.</summary>
    public async IAsyncEnumerable<(Notification Notification, string ETag)> DueAsync(
        DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var due = new List<BlobPath>();
        await foreach (BlobEntry slip in store.ListAsync(RunPaths.Models, RunPaths.DueNotifications, cancellation))
        {
            if (DueOf(slip.Path) > now.UtcTicks)
            {
                break;
            }

            due.Add(slip.Path);
        }

        foreach (BlobPath slip in due)
        {
            (Notification Value, string ETag)? known = await FindAsync(slip, cancellation);
            if (known is { Value: { DeliveredAt: null } waiting } && waiting.NextAt.UtcTicks == DueOf(slip))
            {
                yield return known.Value;
            }
            else
            {
                await store.DeleteAsync(slip, cancellation);
            }
        }
    }

    /// <summary>Moves a notification to the time of its next attempt; of two hosts one succeeds.</summary>
    /// <returns>The record's new ETag; null: another host was faster.</returns>
    public async Task<string?> PostponeAsync(Notification from, string etag, Notification to, CancellationToken cancellation)
    {
        await WriteSlipAsync(to, cancellation);
        string? changed = await RecordAsync(to, WriteCondition.Matches(etag), cancellation);
        if (changed is not null)
        {
            await store.DeleteAsync(RunPaths.DueNotification(from.NextAt, from.Id), cancellation);
        }

        return changed;
    }

    /// <summary>Marks a notification as done with, delivered or given up, and takes its slip away.</summary>
    public async Task CloseAsync(Notification notification, string etag, CancellationToken cancellation)
    {
        if (await RecordAsync(notification, WriteCondition.Matches(etag), cancellation) is not null)
        {
            await store.DeleteAsync(RunPaths.DueNotification(notification.NextAt, notification.Id), cancellation);
        }
    }

    private async Task<(Notification Value, string ETag)?> FindAsync(BlobPath slip, CancellationToken cancellation)
    {
        string id = Path.GetFileNameWithoutExtension(slip.Name).Split('-', 2)[1];
        BlobPath record = RunPaths.Notification(id);
        if (await store.FindJsonAsync<Notification>(record, cancellation) is { } known)
        {
            return known;
        }

        // Whoever put it in died between slip and record.
        if (await store.FindJsonAsync<Notification>(slip, cancellation) is { Value: var unrecorded })
        {
            await RecordAsync(unrecorded, WriteCondition.Absent, cancellation);
        }

        return await store.FindJsonAsync<Notification>(record, cancellation);
    }

    private Task<BlobWritten> WriteSlipAsync(Notification notification, CancellationToken cancellation) =>
        store.WriteJsonAsync(RunPaths.DueNotification(notification.NextAt, notification.Id), notification, cancellation: cancellation);

    /// <returns>Null: another host has written it.</returns>
    private async Task<string?> RecordAsync(Notification notification, WriteCondition condition, CancellationToken cancellation)
    {
        try
        {
            return (await store.WriteJsonAsync(RunPaths.Notification(notification.Id), notification, condition, cancellation)).ETag;
        }
        catch (FlowException other) when (other.Failure.Kind == FailureKind.Conflict)
        {
            return null;
        }
    }

    private static long DueOf(BlobPath slip) =>
        long.Parse(Path.GetFileName(slip.Name).AsSpan(0, 19), NumberStyles.None, CultureInfo.InvariantCulture);
}
