using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>The ledger of a turn that goes beyond history: actions get the next numbers.</summary>
internal sealed class NewSteps(List<HistoryRow> rows, int firstSequence, long at) : IStepLedger
{
    public int NextSequence => firstSequence + rows.Count;

    /// <summary>Set before anything is recorded: where the execution is.</summary>
    public int NextStep { get; set; }

    public HistoryRow Record(StepRequest request) => Add(new HistoryRow
    {
        Sequence = NextSequence,
        At = at,
        Kind = request.Kind,
        StepId = request.Kind == HistoryKind.TimerCancelled ? request.Cancels : NextStep++,
        Name = request.Name,
        Target = request.Target,
        Payload = request.Payload,
        Due = request.Due,
    });

    public HistoryRow Add(HistoryRow row)
    {
        rows.Add(row);
        return row;
    }
}
