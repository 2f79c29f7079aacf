using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <param name="name">By which it is asked.</param>
/// <param name="createdAt">From when it costs.</param>
/// <param name="making">Until it answers.</param>
internal sealed class SimulatedDeployment(string name, DateTimeOffset createdAt, TimeSpan making)
{
    public const double HourlyUsd = 1.7;

    public string Name => name;

    public DateTimeOffset CreatedAt => createdAt;

    public DateTimeOffset? RemovedAt { get; set; }

    public ModelDeployment At(DateTimeOffset now) =>
        new(name, now - createdAt < making ? DeploymentState.Creating : DeploymentState.Ready, HourlyUsd, createdAt);
}
