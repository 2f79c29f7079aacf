using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>Runs, as the command line asks for them.</summary>
internal static class RunClient
{
    /// <summary>The run of this id, or the only one whose id begins with it; <c>last</c> is the newest.</summary>
    /// <exception cref="FlowException">InvalidInput: an empty id; NotFound; Conflict: several begin so.</exception>
    public static async Task<string> ResolveAsync(this HostClient host, string id, CancellationToken cancellation)
    {
        // A script whose variable is not set; every run begins with nothing.
        if (string.IsNullOrWhiteSpace(id))
        {
            throw new FlowException(FailureKind.InvalidInput, "The run's id is empty", "Give the id of a run, its beginning, or last. ftf runs lists them.");
        }

        RunList page = await host.GetAsync<RunList>("runs?top=1000", cancellation);
        if (id == "last" && page.Runs.Count > 0)
        {
            return page.Runs[0].RunId;
        }

        if (page.Runs.Any(run => run.RunId == id))
        {
            return id;
        }

        string[] begun = [.. page.Runs.Select(run => run.RunId).Where(run => run.StartsWith(id, StringComparison.Ordinal))];
        return begun switch
        {
            [var only] => only,
            // One that is older than the page, or none: the host knows.
            [] => id,
            _ => throw new FlowException(FailureKind.Conflict, $"{begun.Length} runs begin with {id}: {string.Join(", ", begun.Take(5))}", "Give more of the id."),
        };
    }

    public static Task<RunView> RunAsync(this HostClient host, string id, CancellationToken cancellation) =>
        host.GetAsync<RunView>($"runs/{Uri.EscapeDataString(id)}", cancellation);
}
