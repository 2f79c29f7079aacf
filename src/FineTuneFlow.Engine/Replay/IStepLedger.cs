using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>An action as the orchestration's code asks for it.</summary>
/// <param name="Kind">One of the scheduling kinds.</param>
/// <param name="Name">Of the activity, orchestration or event.</param>
/// <param name="Target">Id of the child or of the receiver of an event.</param>
/// <param name="Payload">JSON.</param>
/// <param name="Due">Of a timer, in UTC ticks.</param>
/// <param name="Cancels">The timer's step that is cancelled.</param>
internal sealed record StepRequest(
    HistoryKind Kind, string? Name = null, string? Target = null, string? Payload = null, long? Due = null, int? Cancels = null)
{
    public override string ToString() => new HistoryRow { Sequence = 0, At = 0, Kind = Kind, Name = Name, Target = Target, StepId = Cancels }.ToString();

    public bool IsSameAs(HistoryRow row) =>
        row.Kind == Kind && row.Name == Name && row.Target == Target && (Cancels is null || row.StepId == Cancels);
}

/// <summary>Where the actions of an orchestration go: into history when they are new, against history in a replay, and at a
/// rewind to whichever of the two fits.</summary>
internal interface IStepLedger
{
    /// <returns>The row that stands for the action, with its step's number.</returns>
    HistoryRow Record(StepRequest request);
}
