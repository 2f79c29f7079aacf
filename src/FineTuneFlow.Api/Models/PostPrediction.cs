using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>The champion's label for a text, with probabilities.</summary>
public sealed class PostPrediction(ChampionPredictor predictor) : IApiHandler
{
    private const int MaxCharacters = 100_000;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        PredictionRequest body = await request.JsonAsync<PredictionRequest>(cancellation);
        if (body.Text.Length > MaxCharacters || string.IsNullOrWhiteSpace(body.Text))
        {
            throw ApiRequest.Invalid($"the text has {body.Text.Length:N0} characters", $"Give 1 to {MaxCharacters:N0}.", "text");
        }

        (ChampionVersion champion, IReadOnlyList<Prediction> answers) = await predictor.PredictAsync(project, [body.Text], cancellation);
        Prediction answer = answers[0];
        return ApiAnswer.Json(new PredictionAnswer(
            answer.Label, answer.Probabilities, answer.Error, champion.Version, champion.Model, answer.PromptTokens, answer.CompletionTokens));
    }
}

/// <param name="Text">To be classified.</param>
public sealed record PredictionRequest(string Text);

/// <param name="Label">Null where the model gave none.</param>
/// <param name="Probabilities">By label, where the model gives them.</param>
/// <param name="Error">Why there is no label.</param>
/// <param name="Version">The champion's version.</param>
/// <param name="Model">Which model answered.</param>
/// <param name="PromptTokens">As counted by the provider.</param>
/// <param name="CompletionTokens">As counted by the provider.</param>
public sealed record PredictionAnswer(
    string? Label,
    ImmutableSortedDictionary<string, double>? Probabilities,
    PredictionError? Error,
    int Version,
    string Model,
    int? PromptTokens,
    int? CompletionTokens);
