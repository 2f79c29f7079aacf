using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Whether a host can run an instance: it goes on with the version of the code that it began with, or waits for a host
/// that has it (docs/decisions/engine-versions.md).</summary>
internal static class OrchestrationVersions
{
    /// <returns>Null where the catalog has it.</returns>
    public static Failure? Missing(WorkflowCatalog catalog, string name, string version)
    {
        if (catalog.Orchestrations.ContainsKey((name, version)))
        {
            return null;
        }

        string[] known = [.. catalog.Orchestrations.Keys.Where(o => o.Name == name).Select(o => o.Version).Order(StringComparer.Ordinal)];
        return known.Length == 0
            ? new Failure(FailureKind.NotFound, $"This host has no orchestration {name}", "Run a host that has it")
            : new Failure(
                FailureKind.NotFound,
                $"This host has {name} in version {string.Join(", ", known)}, not in version {version}",
                $"Run a host whose catalog still has version {version}: instances go on with the version they began with; or terminate the instance");
    }
}
