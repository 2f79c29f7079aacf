using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Runs, newest first, by project, outcome and time.</summary>
public sealed class GetRuns(RunReader runs, RefusedDrops refused) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string? project = request.Query("project");
        RunWait wait = request.QueryEnum("waiting", RunWait.Any);
        RunOutcome? outcome = OutcomeOf(request.Query("outcome")) ?? (wait == RunWait.Any ? null : RunOutcome.Running);
        var query = new InstanceQuery
        {
            IdPrefix = project is null ? null : ProjectName.Check(project) + "-",
            Statuses = outcome is null ? [] : StatusesOf(outcome.Value),
            // What completes says how in its output: whoever asks for the few that failed does not have all the others read.
            Outcome = outcome is null or RunOutcome.Running ? null : JsonNamingPolicy.CamelCase.ConvertName(outcome.Value.ToString()),
            CreatedFrom = request.QueryTime("from"),
            CreatedTo = request.QueryTime("to"),
            PageSize = request.QueryInt("top", 1, 1000) ?? 50,
            Continuation = request.Query("continuation"),
        };
        var views = new List<RunView>();
        string? continuation = query.Continuation;
        int wanted = query.PageSize;
        do
        {
            (ImmutableArray<RunView> page, continuation) = await runs.ListAsync(query with { PageSize = wanted - views.Count, Continuation = continuation }, cancellation);
            if (wait == RunWait.Retrying)
            {
                // Only a run's history tells: it is read of those that run, which are few.
                page = [.. await Task.WhenAll(page.Select(view => runs.GetAsync(view.RunId, cancellation)))];
            }

            // A prefix also matches longer project names, and one status of the engine stands for several outcomes.
            views.AddRange(page.Where(view => (project is null || view.Project == project) && (outcome is null || view.Outcome == outcome) && Waits(view, wait)));
        }
        while (continuation is not null && views.Count < wanted);

        bool all = outcome is null && query is { Continuation: null, CreatedFrom: null, CreatedTo: null };
        return ApiAnswer.Versioned(request, new RunList(views, continuation, all ? await refused.ListAsync(project, cancellation) : []));
    }

    private static bool Waits(RunView view, RunWait wait) => wait switch
    {
        RunWait.Person => view.NeedsApproval,
        RunWait.Service => view.Candidates.Any(candidate => candidate.Record is { State: CandidateState.Training, Provider: not null }),
        RunWait.Retrying => view.IsRetrying,
        _ => true,
    };

    private static RunOutcome? OutcomeOf(string? text) => text switch
    {
        null => null,
        _ when char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out RunOutcome outcome) => outcome,
        _ => throw ApiRequest.Invalid(
            "outcome is none that a run can have",
            $"One of {string.Join(", ", Enum.GetNames<RunOutcome>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.",
            "outcome"),
    };

    private static ImmutableArray<InstanceStatus> StatusesOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Running => [InstanceStatus.Pending, InstanceStatus.Running, InstanceStatus.Suspended],
        RunOutcome.Succeeded or RunOutcome.PartlyFailed => [InstanceStatus.Completed],
        _ => [InstanceStatus.Completed, InstanceStatus.Failed, InstanceStatus.Terminated],
    };
}

/// <summary>What runs are asked for by what they wait for.</summary>
internal enum RunWait
{
    Any,
    /// <summary>A person, to approve the quote.</summary>
    Person,
    /// <summary>A service, to end a job.</summary>
    Service,
    /// <summary>The next attempt at a step that has failed.</summary>
    Retrying,
}
