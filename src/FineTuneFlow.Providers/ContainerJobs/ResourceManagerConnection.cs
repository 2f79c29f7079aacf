using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Identity;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Calls Azure Resource Manager about one Container Apps job. Nothing is repeated inside.</summary>
internal sealed class ResourceManagerConnection(AzureContainerOptions options, TokenCredential credential) : IDisposable
{
    /// <summary>The first stable version whose executions carry <c>detailedStatus</c>, which holds the containers' exit codes.</summary>
    private const string ApiVersion = "2026-01-01";

    private const int MostPages = 100;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = options.RequestTimeout,
    };

    private string Job =>
        $"subscriptions/{Uri.EscapeDataString(options.Subscription)}/resourceGroups/{Uri.EscapeDataString(options.ResourceGroup)}/providers/Microsoft.App/jobs/{Uri.EscapeDataString(options.Job)}";

    /// <summary>The job; it must be there.</summary>
    public async Task<JsonNode> ReadJobAsync(CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, At(""), null, makes: false, cancellation) ?? throw NoJob();

    /// <summary>All executions that the service still remembers, in its order.</summary>
    public async Task<List<JsonNode>> ListExecutionsAsync(CancellationToken cancellation)
    {
        var all = new List<JsonNode>();
        Uri? page = At("/executions");
        for (int i = 0; page is not null && i < MostPages; i++)
        {
            JsonNode answer = await SendAsync(HttpMethod.Get, page, null, makes: false, cancellation) ?? throw NoJob();
            // An answer that is not a list must not read as an empty one: nothing would be found, and another execution be started.
            all.AddRange((answer["value"] as JsonArray)?.OfType<JsonNode>()
                ?? throw new FlowException(FailureKind.Unavailable, "Azure Resource Manager answered with something else than a list of executions"));
            page = Next(answer["nextLink"]?.GetValue<string>());
        }

        return all;
    }

    /// <summary>Null where there is none of that name.</summary>
    public Task<JsonNode?> ReadExecutionAsync(string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, At($"/executions/{Uri.EscapeDataString(name)}"), null, makes: false, cancellation);

    /// <summary>Starts an execution with a template of its own. Sent once.</summary>
    /// <exception cref="FlowException">Ambiguous: nobody knows whether it was started.</exception>
    public async Task<JsonNode> StartAsync(JsonObject template, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Post, At("/start"), template, makes: true, cancellation) ?? throw NoJob();

    /// <summary>Stops an execution; no error where it has ended or is not there.</summary>
    public async Task StopAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(HttpMethod.Post, At($"/executions/{Uri.EscapeDataString(name)}/stop"), null, makes: false, cancellation);
        }
        catch (FlowException refused) when (refused.Failure.Kind is FailureKind.Conflict or FailureKind.InvalidInput)
        {
            // "The execution is not running": it has ended by itself. Anything else would leave it running, and costing.
            JsonNode? execution = await ReadExecutionAsync(name, cancellation);
            if (execution is not null && ExecutionReading.Of(execution) is { State: ContainerState.Running or ContainerState.Pending })
            {
                throw;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private Uri At(string path) => new(options.ResourceManager, $"{Job}{path}?api-version={ApiVersion}");

    /// <summary>The next page, if it lies at the same service: our token goes with the request.</summary>
    private Uri? Next(string? link) => link is not { Length: > 0 } ? null
        : Uri.TryCreate(link, UriKind.Absolute, out Uri? next) && next.Authority == options.ResourceManager.Authority && next.Scheme == options.ResourceManager.Scheme
            ? next
            : throw new FlowException(FailureKind.Unavailable, "Azure Resource Manager continued its list at another address");

    private async Task<JsonNode?> SendAsync(HttpMethod method, Uri address, JsonNode? body, bool makes, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cancellation));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        HttpStatusCode status;
        RetryConditionHeaderValue? retry;
        byte[] answer;
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
            (status, retry) = (response.StatusCode, response.Headers.RetryAfter);
            answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            // Refused before it was sent is the one fault after which nothing can have been made.
            bool refused = fault is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
            throw new FlowException(makes && !refused ? FailureKind.Ambiguous : FailureKind.Unavailable, "Azure Resource Manager did not answer", inner: fault);
        }

        if (status == HttpStatusCode.NotFound)
        {
            return null;
        }

        if ((int)status is >= 200 and < 300)
        {
            return Parse(answer) ?? new JsonObject();
        }

        throw Fault(status, Parse(answer), retry, makes);
    }

    private async Task<string> TokenAsync(CancellationToken cancellation)
    {
        try
        {
            return (await credential.GetTokenAsync(new TokenRequestContext([$"{options.ResourceManager.GetLeftPart(UriPartial.Authority)}/.default"]), cancellation)).Token;
        }
        catch (AuthenticationFailedException refused)
        {
            throw new FlowException(FailureKind.Unauthenticated, "No identity for Azure Resource Manager was found", "Set Baselines__Credential and Baselines__ClientId, or sign in (az login)", refused);
        }
    }

    private FlowException Fault(HttpStatusCode status, JsonNode? answer, RetryConditionHeaderValue? retry, bool makes)
    {
        string code = answer?["error"]?["code"]?.ToString() ?? "";
        string what = $"Azure Resource Manager answered {(int)status}{(code.Length is > 0 and <= 80 ? " " + code : "")} about the job {options.Job}";
        (FailureKind kind, string? remedy) = (int)status switch
        {
            401 => (FailureKind.Unauthenticated, (string?)"Check Baselines__Credential and Baselines__ClientId"),
            403 => (FailureKind.Forbidden, "Give the identity the role Container Apps Jobs Operator on the job"),
            // Refused because another operation on the job is under way: surely nothing was started, and later it may be.
            409 => (makes ? FailureKind.Unavailable : FailureKind.Conflict, null),
            429 => (FailureKind.Throttled, null),
            408 or >= 500 => (makes ? FailureKind.Ambiguous : FailureKind.Unavailable, null),
            _ => (FailureKind.InvalidInput, "Check the settings Baselines__* and the job's template"),
        };
        return new FlowException(new Failure(kind, what, remedy, RetryAfter: retry?.Delta));
    }

    private FlowException NoJob() => new(new Failure(
        FailureKind.NotFound,
        $"There is no Container Apps job {options.Job} in {options.ResourceGroup}",
        "Check Baselines__Subscription, Baselines__ResourceGroup and Baselines__Job, and the identity's role on it",
        Field: "Baselines__Job"));

    private static JsonNode? Parse(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            // A gateway's HTML page.
            return null;
        }
    }
}
