using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>An open instance in memory: what it has to take in, and its live code where that is at hand. All members but the
/// inbox belong to the turn that is going on, of which there is one at a time.</summary>
internal sealed class InstanceSlot(InstanceRow row, bool held)
{
    private readonly List<Message> _inbox = [];

    public Lock Gate { get; } = new();

    public InstanceRow Row { get; set; } = row;

    /// <summary>This host's catalog lacks the orchestration in the version that the instance began with.</summary>
    public bool Held => held;

    public bool Parked => Held || Row.Status == InstanceStatus.Suspended;

    public OrchestrationExecution? Live { get; set; }

    /// <summary>0: not known, ask the database.</summary>
    public int NextSequence { get; set; }

    /// <summary>Of the last turn, in UTC ticks: an instance's time never goes back.</summary>
    public long LastTurn { get; set; } = row.UpdatedAt;

    /// <summary>A turn is queued, going on or being committed. Under the gate.</summary>
    public bool Scheduled { get; set; }

    /// <summary>Under the gate.</summary>
    public bool Ended { get; set; }

    /// <summary>Whether there is something that a turn can take. Under the gate.</summary>
    public bool IsRunnable => Parked ? _inbox.Exists(m => m.IsControl) : _inbox.Count > 0;

    /// <summary>Under the gate.</summary>
    public void Add(Message message) => _inbox.Add(message);

    /// <summary>Messages that were not taken, or come before all others. Under the gate.</summary>
    public void PutFirst(IEnumerable<Message> messages) => _inbox.InsertRange(0, messages);

    /// <summary>What a turn takes now. Under the gate.</summary>
    public List<Message> Take()
    {
        List<Message> taken = Parked ? _inbox.FindAll(m => m.IsControl) : [.. _inbox];
        if (Parked)
        {
            _inbox.RemoveAll(m => m.IsControl);
        }
        else
        {
            _inbox.Clear();
        }

        return taken;
    }

    /// <summary>Messages that only memory holds and nobody would bring again. Under the gate.</summary>
    public List<Message> TakeUnstored()
    {
        List<Message> unstored = _inbox.FindAll(m => !m.Stored && m.Kind is MessageKind.Event or MessageKind.ActivityEnded);
        unstored.ForEach(m => m.Stored = true);
        return unstored;
    }

    /// <summary>Under the gate.</summary>
    public List<Message> TakeAll()
    {
        List<Message> all = [.. _inbox];
        _inbox.Clear();
        return all;
    }
}
