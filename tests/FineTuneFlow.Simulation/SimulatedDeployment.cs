using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <param name="name">By which it is asked.</param>
/// <param name="createdAt">From when it costs.</param>
/// <param name="making">Until it answers.</param>
/// <param name="hourlyUsd">0: of the free tier, which the service takes away after a day.</param>
/// <param name="fails">It never answers.</param>
internal sealed class SimulatedDeployment(string name, DateTimeOffset createdAt, TimeSpan making, double hourlyUsd, bool fails)
{
    /// <summary>A free deployment stands no longer.</summary>
    public static readonly TimeSpan FreeLife = TimeSpan.FromHours(24);

    public string Name => name;

    public DateTimeOffset CreatedAt => createdAt;

    public double HourlyUsd => hourlyUsd;

    public DateTimeOffset? RemovedAt { get; set; }

    public bool Stands(DateTimeOffset now) => RemovedAt is null && (hourlyUsd > 0 || now < createdAt + FreeLife);

    public ModelDeployment At(DateTimeOffset now) =>
        new(name, now - createdAt < making ? DeploymentState.Creating : fails ? DeploymentState.Failed : DeploymentState.Ready, hourlyUsd, createdAt);
}
