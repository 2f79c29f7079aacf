using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>Decides that the corrections of a run's rows that judge count from the next run on.</summary>
public sealed class PostHoldout(RunReader runs, CorrectionStore corrections, HoldoutDecisions decisions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        HoldoutRequest asked = await request.JsonAsync<HoldoutRequest>(cancellation);
        RunView run = await runs.GetAsync(asked.RunId, cancellation);
        if (run.Project != project)
        {
            throw ApiRequest.Invalid($"{run.RunId} is a run of {run.Project}, not of {project}", $"POST it to /api/projects/{run.Project}/holdout.", "runId");
        }

        Dictionary<string, (string Label, int Decision)> standing = HoldoutDecisions.Standing(await decisions.ListAsync(project, cancellation), _ => true);
        var labels = ImmutableSortedDictionary.CreateBuilder<string, DecidedLabel>(StringComparer.Ordinal);
        foreach (Correction correction in (await corrections.ListAsync(run.RunId, cancellation)).Corrections.Where(one => !one.Joins))
        {
            string text = Lineage.TextOf(correction.Row);
            string now = standing.TryGetValue(text, out (string Label, int Decision) decided) ? decided.Label : correction.Earlier;
            if (now != correction.Label)
            {
                labels[text] = new DecidedLabel(correction.Label, now);
            }
        }

        return ApiAnswer.Json(await decisions.AddAsync(project, run.RunId, asked.By, asked.Reason, labels.ToImmutable(), cancellation));
    }
}

/// <param name="RunId">The run whose corrections of rows that judge are meant.</param>
/// <param name="Reason">Why; every report says it.</param>
internal sealed record HoldoutRequest(string RunId, string? By = null, string? Reason = null);
