using System.CommandLine;
using System.Globalization;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf history</c>: every step of a run with its time.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        Argument<string> id = RunArguments.Id();
        var all = new Option<bool>("--all", "-a") { Description = "Also what was asked for and every timer, not only what was done." };
        Option<Uri?> host = RunArguments.Host();
        return new Command("history", "Show every step of a run with its time.") { id, all, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            RunHistory history = await client.GetAsync<RunHistory>($"runs/{Uri.EscapeDataString(run)}/history", call.Cancellation);
            call.Terminal.Answer(history, writer => Write(writer, history, call.Get(all)));
            return ExitCode.Ok;
        });
    }

    private static void Write(TextWriter writer, RunHistory history, bool all)
    {
        if (history.Steps.Count == 0)
        {
            writer.WriteLine($"{history.RunId} has no history: the engine has not begun it, or has forgotten it. Its record is run.json.");
            return;
        }

        DateTimeOffset began = history.Steps[0].Event.At;
        writer.WriteLine($"{history.RunId}, begun {Say.Time(began)}");
        var table = new TextTable("AT", "TOOK", "WHERE", "WHAT").AlignRight(0, 1);
        int hidden = 0;
        var subjects = new Dictionary<(string Instance, int? Step), string>();
        foreach (TimelineStep step in history.Steps)
        {
            if (step.Event.Kind == HistoryKind.ActivityScheduled)
            {
                subjects[(step.Instance, step.Event.StepId)] = StepSubject.Of(step.Event.Input);
            }

            if (!all && !Counts(step.Event.Kind))
            {
                hidden++;
                continue;
            }

            string where = step.Instance == history.RunId ? "" : step.Instance[Math.Min(step.Instance.Length, history.RunId.Length + 1)..];
            table.Add(
                "+" + (step.Event.At - began).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),
                step.Took is { } took ? Say.Span(took) : "", where,
                What(step.Event, $"{step.Event.Name} {subjects.GetValueOrDefault((step.Instance, step.Event.StepId))}".TrimEnd()));
        }

        table.Write(writer);
        if (hidden > 0)
        {
            writer.WriteLine($"{hidden} more with --all: steps asked for, timers.");
        }
    }

    private static bool Counts(HistoryKind kind) => kind
        is not (HistoryKind.ActivityScheduled or HistoryKind.TimerCreated or HistoryKind.TimerFired or HistoryKind.TimerCancelled or HistoryKind.EventSent);

    /// <param name="entry">What was recorded.</param>
    /// <param name="step">The activity with what it was about.</param>
    private static string What(HistoryEntry entry, string step) => entry.Kind switch
    {
        HistoryKind.ExecutionStarted => "begins",
        HistoryKind.ActivityScheduled => $"{step} asked for",
        HistoryKind.ActivityCompleted => step,
        HistoryKind.ActivityFailed => $"{step} FAILED: {entry.Failure}",
        HistoryKind.ChildScheduled => $"{entry.Name} starts",
        HistoryKind.ChildCompleted => $"{entry.Name} done",
        HistoryKind.ChildFailed => $"{entry.Name} FAILED: {entry.Failure}",
        HistoryKind.TimerCreated => $"timer until {entry.DueAt?.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}",
        HistoryKind.TimerFired => "timer fired",
        HistoryKind.TimerCancelled => "timer taken back",
        HistoryKind.EventReceived => $"event {entry.Name}",
        HistoryKind.EventSent => $"event {entry.Name} sent to {entry.ChildId}",
        HistoryKind.ContinuedAsNew => "starts over (history kept short)",
        HistoryKind.Suspended => "suspended",
        HistoryKind.Resumed => "resumed",
        HistoryKind.Rewound => "rewound",
        HistoryKind.ExecutionCompleted => "ends",
        HistoryKind.ExecutionFailed => $"ends in failure: {entry.Failure}",
        HistoryKind.ExecutionTerminated => "terminated",
        _ => entry.Kind.ToString(),
    };
}
