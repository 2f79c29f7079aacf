using FineTuneFlow.Engine.Scheduling;

namespace FineTuneFlow.Simulation;

/// <summary>A process that runs steps, from its start to its death.</summary>
/// <param name="name">For messages.</param>
/// <param name="work">Counts what it is doing; a step that waits for time to pass is not.</param>
internal sealed class HostProcess(string name, WorkCounter work)
{
    private volatile bool _isDead;

    public string Name => name;

    public WorkCounter Work => work;

    /// <summary>Nothing that it was about to do happens any more.</summary>
    public bool IsDead => _isDead;

    public void Die() => _isDead = true;
}
