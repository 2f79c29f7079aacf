using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Takes up everything that is open in the database. Histories are not read: an instance is replayed when it goes on.</summary>
internal static class Recovery
{
    /// <returns>How many instances wait for a host that has their version.</returns>
    public static int Run(EngineRuntime engine)
    {
        foreach (InstanceRow row in engine.Database.Read(read => read.OpenInstances()))
        {
            InstanceSlot slot = engine.Add(row);
            if (!row.Begun)
            {
                slot.Add(new Message { Kind = MessageKind.Start });
            }
        }

        foreach ((long key, Message message) in engine.Database.Read(read => read.Inbox()))
        {
            engine.Find(key)?.Add(message);
        }

        engine.Database.Read(read => read.Tasks()).ForEach(engine.Give);
        engine.Database.Read(read => read.Timers()).ForEach(engine.Timers.Add);
        foreach (InstanceSlot slot in engine.Slots)
        {
            lock (slot.Gate)
            {
                engine.Turns.Wake(slot);
            }
        }

        return engine.Slots.Count(slot => slot.Held);
    }
}
