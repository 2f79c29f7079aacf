using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Takes a correction: a text with the label that it should have had. It joins the next retrain, and where the champion is a model
/// of ours it is asked what it would have said, so that its accuracy in use is known.</summary>
public sealed class PostFeedback(FeedbackStore feedback, ProjectLabels labels, Champions champions, VersionAnswers versions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        FeedbackRequest body = await request.JsonAsync<FeedbackRequest>(cancellation);
        var known = await labels.OfAsync(project, cancellation);
        ProjectLabels.Check(known, body.Label);
        if (body.Predicted is { } predicted)
        {
            ProjectLabels.Check(known, predicted, "predicted");
        }

        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        if (body.Version is { } version && record.Versions.All(known => known.Version != version))
        {
            throw new FlowException(new Failure(
                FailureKind.NotFound, $"The project {project} has no version {version}", "Leave the version out, or list the versions with ftf models " + project, Field: "version"));
        }

        ChampionVersion? champion = record.Current;
        var said = new Feedback(body.Text, body.Label) { By = body.By, Predicted = body.Predicted, Version = body.Version ?? (body.Predicted is null ? null : champion?.Version) };
        if (said.Predicted is null && champion is { Provider: null } && !string.IsNullOrWhiteSpace(body.Text))
        {
            IReadOnlyList<ServedAnswer> answers = await versions.AskAsync(project, champion, [body.Text], null, cancellation);
            said = said with { Predicted = answers[0].Answer.Label, Version = champion.Version };
        }

        return ApiAnswer.Json(await feedback.AddAsync(project, known, said, cancellation));
    }
}

/// <param name="Text">As it was put to the model.</param>
/// <param name="Label">The right one of the project's labels.</param>
/// <param name="Predicted">What the champion had answered; null: asked now where that costs nothing.</param>
/// <param name="Version">The version that had answered.</param>
/// <param name="By">Who says so, for the record.</param>
public sealed record FeedbackRequest(string Text, string Label, string? Predicted = null, int? Version = null, string? By = null);
