using System.Collections.Immutable;

namespace FineTuneFlow.Workflow.Serving;

/// <summary><c>models/{project}/serving.json</c>: the deployments that stand for a project's versions. A name is written here before it
/// is asked for, so that whatever crashes, nothing stands that is not listed.</summary>
public sealed record ServingState(ImmutableArray<ServedDeployment> Deployments)
{
    public ServedDeployment? Of(int version, string model) => Deployments.FirstOrDefault(d => d.Version == version && d.Model == model);
}

/// <param name="Version">Whose; 0: the challenger's.</param>
/// <param name="Model">The fine-tune that it serves.</param>
/// <param name="Active">Name of the deployment that answers; null: none does yet.</param>
/// <param name="ActiveSince">When that was made.</param>
/// <param name="Coming">Name of the one that is being made; null: none.</param>
/// <param name="Generation">Counts the names that were given.</param>
/// <param name="HourlyUsd">What the active one costs an hour; 0 for a tier that is free while it stands.</param>
/// <param name="Failure">Why the last attempt did not succeed; null: it did, or goes on.</param>
public sealed record ServedDeployment(
    int Version,
    string Provider,
    string Model,
    string? Active,
    DateTimeOffset? ActiveSince,
    string? Coming,
    int Generation,
    double HourlyUsd,
    string? Failure);
