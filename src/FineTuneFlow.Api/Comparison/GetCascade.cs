using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Comparison;

/// <summary>What two candidates in a row would give: the small one where it is confident, else the large one.</summary>
public sealed class GetCascade(RunReports reports, JudgedRuns judgedRuns) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunReport report = await reports.ReadAsync(request.Route("id"), cancellation);
        CandidateReport small = RunReports.Judged(report, request.Query("small"), "small");
        CandidateReport large = RunReports.Judged(report, request.Query("large"), "large");
        if (small.Metrics!.ProbabilityRows == 0)
        {
            throw ApiRequest.Invalid($"{small.Name} gives no probabilities", "Choose a small model that says how sure it is.", "small");
        }

        JudgedRun run = await judgedRuns.LoadAsync(report, cancellation);
        AnswerFacts smallAnswers = run.Answers(small.Name);
        AnswerFacts largeAnswers = run.Answers(large.Name);
        return ApiAnswer.Versioned(request, new CascadeView(small.Name, large.Name, Cascade.Of(
            [.. run.Truth.Select((label, place) => (smallAnswers.Label(place) == label, smallAnswers.Confidence(place) ?? 0))],
            [.. run.Truth.Select((label, place) => largeAnswers.Label(place) == label)],
            small.UsdPerThousand ?? 0,
            large.UsdPerThousand ?? 0)));
    }
}

/// <param name="Small">Asked for every text.</param>
/// <param name="Large">Asked where the small one is not sure enough.</param>
/// <param name="Points">From "the small one alone" to "always both".</param>
public sealed record CascadeView(string Small, string Large, ImmutableArray<CascadePoint> Points);
