using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;

namespace FineTuneFlow.Providers.AzureOpenAI;

/// <summary>Plain REST to Azure's control plane, each call sent once. All of them may be repeated: the name is the identity.</summary>
internal sealed class ControlPlane(ProviderOptions options, TimeProvider time) : IDisposable
{
    private static readonly TokenRequestContext Scope = new(["https://management.azure.com/.default"]);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    })
    {
        BaseAddress = options.Deployment!.ControlPlane,
        Timeout = options.RequestTimeout,
    };

    private readonly TokenCredential? _credential =
        options.Deployment!.Token is null ? AzureIdentity.From(options.Credential, options.ClientId) : null;

    public async Task<JsonElement> SendAsync(ServiceCall call, string method, string route, byte[]? body, CancellationToken cancellation)
    {
        ServiceAnswer answer = await ExchangeAsync(call, method, route, body, cancellation);
        if (!answer.IsSuccess)
        {
            throw ErrorReading.Read(options.Name, call, answer, options.Deployment!.Token);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Body);
            return json.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            throw new FlowException(FailureKind.Unavailable, $"{options.Name}'s control plane gave an answer that cannot be read (asked to {call.What})", null, broken);
        }
    }

    /// <summary>Null where there is none.</summary>
    public async Task<JsonElement?> FindAsync(ServiceCall call, string route, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(call, "GET", route, null, cancellation);
        }
        catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>False where there was none: 204 or 404.</summary>
    public async Task<bool> RemoveAsync(ServiceCall call, string route, CancellationToken cancellation)
    {
        ServiceAnswer answer = await ExchangeAsync(call, "DELETE", route, null, cancellation);
        return answer.Status switch
        {
            204 or 404 => false,
            // Something is being done to it just now, which passes; as a conflict it would be taken for one of our storage.
            409 => throw new FlowException(new Failure(
                FailureKind.Unavailable, $"{options.Name} is still changing what is to be removed (asked to {call.What})", null, RetryAfter: answer.RetryAfter)),
            _ when answer.IsSuccess => true,
            _ => throw ErrorReading.Read(options.Name, call, answer, options.Deployment!.Token),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<ServiceAnswer> ExchangeAsync(ServiceCall call, string method, string route, byte[]? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            string token = options.Deployment!.Token ?? (await _credential!.GetTokenAsync(Scope, cancellation)).Token;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
            string? after = response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
            return new ServiceAnswer(
                (int)response.StatusCode,
                new BinaryData(await response.Content.ReadAsByteArrayAsync(cancellation)),
                ErrorReading.RetryAfter(null, after, time.GetUtcNow()));
        }
        catch (AuthenticationFailedException fault)
        {
            throw new FlowException(FailureKind.Unauthenticated, $"No credential for {options.Name}'s control plane was found",
                "Sign in (az login), or set the provider's Credential and ClientId", fault);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && fault is HttpRequestException or OperationCanceledException)
        {
            throw new FlowException(FailureKind.Unavailable, $"{options.Name}'s control plane did not answer (asked to {call.What})", null, fault);
        }
    }
}
