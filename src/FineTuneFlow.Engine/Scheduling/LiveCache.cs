namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Which orchestrations are kept live between turns: the ones used last. The rest are replayed when they go on, so a
/// long history is not replayed at each turn, and many waiting instances do not fill the memory.</summary>
internal sealed class LiveCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<InstanceSlot> _order = new();
    private readonly Dictionary<InstanceSlot, LinkedListNode<InstanceSlot>> _nodes = [];

    public void Touch(InstanceSlot slot)
    {
        InstanceSlot? coldest = null;
        lock (_gate)
        {
            if (_nodes.TryGetValue(slot, out LinkedListNode<InstanceSlot>? node))
            {
                _order.Remove(node);
            }

            _nodes[slot] = _order.AddLast(slot);
            if (_nodes.Count > capacity)
            {
                coldest = _order.First!.Value;
                _order.RemoveFirst();
                _nodes.Remove(coldest);
            }
        }

        if (coldest is not null)
        {
            lock (coldest.Gate)
            {
                // In the middle of a turn it is warm again and comes back here at the turn's end.
                if (!coldest.Scheduled)
                {
                    coldest.Live = null;
                }
            }
        }
    }

    public void Remove(InstanceSlot slot)
    {
        lock (_gate)
        {
            if (_nodes.Remove(slot, out LinkedListNode<InstanceSlot>? node))
            {
                _order.Remove(node);
            }
        }
    }
}
