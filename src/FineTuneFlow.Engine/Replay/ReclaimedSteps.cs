using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>The ledger of a rewind: the code runs over a history from which failures have been taken out, and gets back the
/// steps that it asks for again, with their numbers, wherever they stood. What it does not ask for again followed from the
/// failures.</summary>
internal sealed class ReclaimedSteps(IReadOnlyList<HistoryRow> old, List<HistoryRow> kept) : IStepLedger
{
    private readonly LinkedList<HistoryRow> _unclaimed = new(old.Where(r => r.IsAction));
    private readonly HashSet<int> _claimed = [];
    private int _nextStep = (old.Max(r => r.StepId) ?? 0) + 1;

    /// <summary>Of what is being given to the code, in UTC ticks.</summary>
    public long At { get; set; }

    public bool HasClaimed(int step) => _claimed.Contains(step);

    public HistoryRow Record(StepRequest request)
    {
        HistoryRow? row = Claim(r => request.IsSameAs(r) && r.Payload == request.Payload && r.Due == request.Due)
            // Asked for at another moment than then, a timer has another due time: the old one still serves.
            ?? (request.Kind == HistoryKind.TimerCreated ? Claim(request.IsSameAs) : null);
        row ??= new HistoryRow
        {
            Sequence = 0,
            At = At,
            Kind = request.Kind,
            StepId = request.Cancels ?? _nextStep++,
            Name = request.Name,
            Target = request.Target,
            Payload = request.Payload,
            Due = request.Due,
        };
        if (row.Kind != HistoryKind.TimerCancelled)
        {
            _claimed.Add(row.StepId!.Value);
        }

        kept.Add(row);
        return row;
    }

    private HistoryRow? Claim(Func<HistoryRow, bool> fits)
    {
        for (LinkedListNode<HistoryRow>? node = _unclaimed.First; node is not null; node = node.Next)
        {
            if (fits(node.Value))
            {
                _unclaimed.Remove(node);
                return node.Value;
            }
        }

        return null;
    }
}
