using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Notifying;

/// <summary>Writes what people are to be told into the outbox, each thing once; <see cref="NotificationSender"/> delivers it.</summary>
public sealed class Notifier(IBlobStore store, Outbox outbox, NotificationOptions options, TimeProvider time)
{
    private static readonly int[] DaysBefore = [3, 14, 30];

    /// <summary>A run's record was written.</summary>
    public async Task RecordedAsync(RunRecord run, CancellationToken cancellation)
    {
        if (run.EndedAt is null && run.Stages is [.., var stage] && stage.Name == StageWords.Of(RunStage.WaitingForApproval))
        {
            await RaiseAsync(
                NotificationEvent.ApprovalWaits, run.Project, run.RunId, run.RunId,
                $"{run.RunId} waits for approval of up to {Usd(run.Quote?.HighUsd ?? 0)}: ftf approve {run.RunId}", cancellation);
        }

        if (run.EndedAt is not null)
        {
            await RaiseAsync(
                NotificationEvent.RunEnded, run.Project, run.RunId, run.RunId,
                $"{run.RunId} has ended ({run.Outcome}): {run.Failure?.Message ?? run.Headline ?? "no verdict"}{(run.Promoted is { } promoted ? $"; {promoted} was promoted" : "")}", cancellation);
        }

        double? budget = run.SpentUsd > 0 ? (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(run.RunId), cancellation))?.Value.BudgetUsd : null;
        if (budget is > 0 && run.SpentUsd >= options.BudgetShare * budget)
        {
            await RaiseAsync(
                NotificationEvent.BudgetNearlySpent, run.Project, run.RunId, run.RunId,
                $"{run.RunId} has spent {Usd(run.SpentUsd)} of its budget of {Usd(budget.Value)}", cancellation);
        }
    }

    /// <summary>A night, or whoever asked, has looked at a champion.</summary>
    public async Task LookedAsync(string project, NightLook look, CancellationToken cancellation)
    {
        foreach (DriftMeasure measure in look.Health.Drift.Where(measure => measure.Drifted))
        {
            await RaiseAsync(
                NotificationEvent.Drift, project, null, $"{Week()}:{measure.Of}", $"What {project} is asked has drifted from its holdout: {measure}", cancellation);
        }

        if (look.Health.Feedback is { Fell: true } fell)
        {
            await RaiseAsync(NotificationEvent.Drift, project, null, $"{Week()}:feedback", $"{project}'s accuracy on feedback has fallen: {fell}", cancellation);
        }

        if (look.Health.BaseEnds is { } end)
        {
            int left = end.DayNumber - DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;
            if (DaysBefore.Where(days => left <= days).Cast<int?>().FirstOrDefault() is { } days)
            {
                await RaiseAsync(
                    NotificationEvent.BaseEnds, project, null, $"{look.Health.BaseModel}:{end:yyyy-MM-dd}:{days}",
                    $"{project}'s champion rests on {look.Health.BaseModel}, which answers until {end:yyyy-MM-dd}: {Math.Max(0, left)} days", cancellation);
            }
        }
    }

    /// <summary>A project's night is over.</summary>
    public async Task NightAsync(string project, NightRecord night, CancellationToken cancellation)
    {
        string day = night.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (night.Failure is { } failure)
        {
            await RaiseAsync(NotificationEvent.Night, project, null, $"{day}:failed", $"The night of {project} failed: {failure}", cancellation);
        }
        else if (night.Idle > 0 && night.Idle % options.IdleNights == 0)
        {
            await RaiseAsync(
                NotificationEvent.Night, project, null, $"{day}:idle", $"{project} was not retrained for {night.Idle} nights: {night.Look?.WhyNot}", cancellation);
        }
    }

    private async Task RaiseAsync(NotificationEvent what, string project, string? runId, string key, string text, CancellationToken cancellation)
    {
        if (options.Url is null || !options.Events.Contains(what))
        {
            return;
        }

        string id = "msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}\n{project}\n{key}")))[..32];
        DateTimeOffset now = time.GetUtcNow();
        await outbox.PutAsync(new Notification(id, what, project, runId, text, now, 0, now, null), cancellation);
    }

    private string Week() => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(time.GetUtcNow().UtcDateTime)}-{ISOWeek.GetWeekOfYear(time.GetUtcNow().UtcDateTime)}");

    private static string Usd(double usd) => usd.ToString("$0.00", CultureInfo.InvariantCulture);
}
