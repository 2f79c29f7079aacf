using FineTuneFlow.Core.Failures;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>The ledger of a replay: every action must be the one that history holds at this place.</summary>
internal sealed class RecordedSteps(IReadOnlyList<HistoryRow> rows, string orchestration, string version) : IStepLedger
{
    private int _next;

    /// <summary>Set once the code has gone another way than history; its own exception handling must not hide it.</summary>
    public Failure? Divergence { get; private set; }

    public HistoryRow Record(StepRequest request)
    {
        if (Divergence is null && _next < rows.Count && rows[_next].IsAction && request.IsSameAs(rows[_next]))
        {
            return rows[_next++];
        }

        throw Diverged(request.ToString());
    }

    /// <summary>Moves to the next row that the code is to be given.</summary>
    /// <returns>Null at the end of history.</returns>
    /// <exception cref="FlowException">NonDeterministic: history holds an action that the code did not ask for.</exception>
    public HistoryRow? NextReceived()
    {
        if (Divergence is not null)
        {
            throw new FlowException(Divergence);
        }

        for (; _next < rows.Count; _next++)
        {
            if (rows[_next].IsReceived)
            {
                return rows[_next++];
            }

            if (rows[_next].IsAction)
            {
                throw Diverged("nothing");
            }
        }

        return null;
    }

    private FlowException Diverged(string asked)
    {
        string held = _next < rows.Count ? $"{rows[_next]} (entry {rows[_next].Sequence})" : "its end";
        Divergence ??= new Failure(
            FailureKind.NonDeterministic,
            $"The code of {orchestration}, version {version}, is not the code that wrote this history: the code asks for {asked} where history has {held}",
            "Give changed code a new version and keep the old one in the catalog until its instances have ended; restore the old code, then rewind this instance");
        return new FlowException(Divergence);
    }
}
