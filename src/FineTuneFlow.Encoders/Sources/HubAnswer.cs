using System.Net;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Turns the hub's answers into the product's failures.</summary>
internal static class HubAnswer
{
    /// <summary>Sends a request and gives back an answer of success, its body not read yet.</summary>
    public static async Task<HttpResponseMessage> CheckedAsync(
        HttpClient http, HttpRequestMessage request, string model, HubSettings settings, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new FlowException(
                FailureKind.Unavailable,
                $"The model hub {settings.Endpoint.Host} cannot be reached for {model}",
                "Check the connection, set HF_ENDPOINT to a mirror, or name a packaged model or a folder",
                error);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return response;
        }

        using (response)
        {
            throw new FlowException(Failed(response.StatusCode, model, settings));
        }
    }

    private static Failure Failed(HttpStatusCode status, string model, HubSettings settings) => status switch
    {
        HttpStatusCode.Unauthorized => new Failure(
            FailureKind.Unauthenticated,
            $"The hub answers 401 for {model}: there is no such model, or it needs a login",
            settings.Token is null ? "Check the name; for a model that needs a login set HF_TOKEN" : "Check the name, and whether HF_TOKEN is still valid"),
        HttpStatusCode.Forbidden => new Failure(
            FailureKind.Forbidden, $"The hub answers 403 for {model}: the token does not allow it", "Accept the model's conditions on its page, or use a token of an account that has"),
        HttpStatusCode.NotFound => new Failure(
            FailureKind.NotFound, $"The hub has no model {model} at this revision", "Check the name and the revision behind the @"),
        HttpStatusCode.TooManyRequests => new Failure(
            FailureKind.Unavailable, $"The hub answers 429 for {model}: too many requests", "Try again later, or set HF_TOKEN"),
        _ when (int)status >= 500 => new Failure(FailureKind.Unavailable, $"The hub answers {(int)status} for {model}", "Try again later"),
        _ => new Failure(FailureKind.InvalidInput, $"The hub answers {(int)status} for {model}", "Check the model's name and HF_ENDPOINT"),
    };
}
