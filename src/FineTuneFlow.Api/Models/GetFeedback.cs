using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Lists what people have said of a project's texts, newest first, and the corrected files of suspects.</summary>
public sealed class GetFeedback(FeedbackStore feedback, ProjectLabels labels, FeedbackUse use) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        await labels.OfAsync(project, cancellation);
        return ApiAnswer.Json(new FeedbackList(
            await use.TellAsync(project, await feedback.ListAsync(project, cancellation), cancellation),
            [.. (await feedback.CorrectionsAsync(project, cancellation)).Select(file => new CorrectedFile(file.Drop, file.At, file.Labels.Count))]));
    }
}

/// <param name="Feedback">Newest first.</param>
/// <param name="Corrections">Corrected files of suspects, oldest first.</param>
public sealed record FeedbackList(IReadOnlyList<KeptFeedback> Feedback, IReadOnlyList<CorrectedFile> Corrections);

/// <param name="Drop">Where it lies.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Rows">How many labels it gives.</param>
public sealed record CorrectedFile(string Drop, DateTimeOffset At, int Rows);
