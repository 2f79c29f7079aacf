using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests;

/// <summary>A control plane that does what it is asked, and can do so late or without an answer.</summary>
internal sealed class ControlPlane : IModelDeployments
{
    public const double HourlyUsd = 1.7;

    private readonly Dictionary<string, ModelDeployment> _standing = [];

    public FakeTimeProvider Clock { get; } = new();

    public IEnumerable<string> Standing => _standing.Keys;

    public int Ensured { get; private set; }

    /// <summary>Happens once, while a request to put up is under way.</summary>
    public Func<Task>? BeforeEnsure { get; set; }

    public bool LosesNextRemoval { get; set; }

    /// <summary>How many removals are turned away from now on.</summary>
    public int Refuses { get; set; }

    /// <summary>Of what is put up.</summary>
    public DeploymentState State { get; set; } = DeploymentState.Ready;

    public async Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default)
    {
        if (BeforeEnsure is { } before)
        {
            BeforeEnsure = null;
            await before();
        }

        Ensured++;
        return _standing.TryGetValue(deployment, out ModelDeployment? known)
            ? known
            : _standing[deployment] = new ModelDeployment(deployment, State, HourlyUsd, Clock.GetUtcNow());
    }

    public Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default) =>
        Task.FromResult(_standing.GetValueOrDefault(deployment));

    public Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default)
    {
        if (Refuses > 0)
        {
            Refuses--;
            throw new FlowException(FailureKind.Unavailable, "Not now");
        }

        bool removed = _standing.Remove(deployment);
        if (LosesNextRemoval)
        {
            LosesNextRemoval = false;
            throw new FlowException(FailureKind.Unavailable, "The answer was lost");
        }

        return Task.FromResult(removed);
    }
}
