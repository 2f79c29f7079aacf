using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>The champion's label for a text, or for each of a list of texts, with probabilities, version, latency and cost.</summary>
public sealed class PostPrediction(ChampionDesk desk, AskedOnce once) : IApiHandler
{
    private const int MaxCharacters = 100_000;
    private const int MaxTexts = 10_000;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        PredictionRequest body = await request.JsonAsync<PredictionRequest>(cancellation);
        IReadOnlyList<string> texts = Texts(body);
        if (body.Version is { } version && !ServingRecipe.IsVersion(version))
        {
            throw ApiRequest.Invalid($"\"{version}\" names no version", "Give champion, previous, challenger or a version's number; leave it out for the project's weights.", "version");
        }

        if (body.Key is { } key)
        {
            return Answer((await once.AnswerAsync(project, key, body with { Key = null }, texts.Count, AskAsync, cancellation)).Answers);
        }

        IReadOnlyList<ServedAnswer> answers = await desk.AnswerAsync(project, texts, body.Version, body.User, cancellation);
        return Answer([.. answers.Select(PredictionAnswer.Of)]);

        IResult Answer(IReadOnlyList<PredictionAnswer> given) => body.Text is not null ? ApiAnswer.Json(given[0]) : ApiAnswer.Json(new PredictionAnswers([.. given]));

        async Task<IReadOnlyList<PredictionAnswer>> AskAsync(IReadOnlyList<int> places, Func<int, PredictionAnswer, Task> heard)
        {
            string[] asked = [.. places.Select(place => texts[place])];
            IReadOnlyList<ServedAnswer> given = await desk.AnswerAsync(
                project, asked, body.Version, body.User, CancellationToken.None, (i, answer) => heard(places[i], PredictionAnswer.Of(answer)));
            return [.. given.Select(PredictionAnswer.Of)];
        }
    }

    private static IReadOnlyList<string> Texts(PredictionRequest body)
    {
        if (body.Text is null == body.Texts is null)
        {
            throw ApiRequest.Invalid("the body gives neither a text nor texts, or both", "Give \"text\" for one answer, or \"texts\" for a list of them.", "text");
        }

        IReadOnlyList<string> texts = body.Texts ?? [body.Text!];
        if (texts.Count is 0 or > MaxTexts)
        {
            throw ApiRequest.Invalid($"there are {texts.Count:N0} texts", $"Give 1 to {MaxTexts:N0} in a request.", "texts");
        }

        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null || texts[i].Length > MaxCharacters || string.IsNullOrWhiteSpace(texts[i]))
            {
                throw ApiRequest.Invalid(
                    $"the text has {texts[i]?.Length ?? 0:N0} characters", $"Give 1 to {MaxCharacters:N0}, not blanks alone.", body.Text is null ? $"texts[{i}]" : "text");
            }
        }

        return texts;
    }
}

/// <param name="Text">To be classified; or <paramref name="Texts"/>.</param>
/// <param name="Texts">To be classified, up to 10,000 in a request.</param>
/// <param name="User">Whoever asks: the same user always gets the same version. Without it the same text does.</param>
/// <param name="Version">champion, previous, challenger or a version's number; without it the project's weights decide.</param>
/// <param name="Key">By which the answers are kept for a week: asked again under it, the same question is not asked of the model again.</param>
public sealed record PredictionRequest(
    string? Text = null, IReadOnlyList<string>? Texts = null, string? User = null, string? Version = null, string? Key = null);
