using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Workflow.Ports;
using global::OpenAI;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Sends one request through the OpenAI library's pipeline, with its retries off, and turns every fault into a
/// <see cref="FlowException"/>.</summary>
internal sealed class ServiceConnection : IDisposable
{
    private const string AzureScope = "https://ai.azure.com/.default";

    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly ClientPipeline _pipeline;
    private readonly ClassicDeployments? _classic;

    public ServiceConnection(ProviderOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConcurrency + 8,
            // DNS changes are seen; a connection that a gateway dropped quietly is not used again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A redirected POST would be sent twice, and the key to an address that nobody configured.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            // The pipeline's own timeout is told apart from the caller's cancellation; two timers would race.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var transport = new HttpClientPipelineTransport(_http);
        var client = new OpenAIClientOptions
        {
            Endpoint = options.BaseAddress,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = options.RequestTimeout,
            Transport = transport,
            UserAgentApplicationId = "FineTuneFlow",
        };
#pragma warning disable OPENAI001 // The constructor for an Entra identity is marked experimental; there is no other.
        _pipeline = options.Key is null && options.Kind == ProviderKind.AzureOpenAI
            ? new OpenAIClient(new BearerTokenPolicy(AzureIdentity.From(options.Credential, options.ClientId), AzureScope), client).Pipeline
            : new OpenAIClient(new ApiKeyCredential(options.Key ?? "none"), client).Pipeline;
#pragma warning restore OPENAI001
        _classic = options.Profile.Deployment?.ClassicVersion is null ? null : new ClassicDeployments(options, transport);
    }

    /// <summary>The answer, whatever its status.</summary>
    /// <param name="call">For messages and for what a lost answer means.</param>
    /// <param name="method">HTTP verb.</param>
    /// <param name="route">Relative to the base address.</param>
    /// <param name="content">Read once; it is not sent again.</param>
    /// <param name="contentType">Of the content.</param>
    /// <param name="timeout">Null: the provider's.</param>
    public async Task<ServiceAnswer> ExchangeAsync(
        ServiceCall call,
        string method,
        string route,
        BinaryContent? content = null,
        string contentType = "application/json",
        TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        using PipelineMessage message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri = new Uri(_options.BaseAddress, route);
        message.Request.Headers.Set("Accept", "application/json");
        message.Request.Content = content;
        if (content is not null)
        {
            message.Request.Headers.Set("Content-Type", contentType);
        }

        message.Apply(new RequestOptions { CancellationToken = cancellation, BufferResponse = true });
        message.NetworkTimeout = timeout ?? _options.RequestTimeout;
        return await ReceiveAsync(
            call,
            async () =>
            {
                await _pipeline.SendAsync(message);
                return message.Response!;
            },
            cancellation);
    }

    /// <summary>As <see cref="ExchangeAsync"/>, to an Azure deployment at its classic address.</summary>
    public Task<ServiceAnswer> AskDeploymentAsync(string deployment, BinaryData body, CancellationToken cancellation) =>
        ReceiveAsync(ServiceCall.Ask, () => _classic!.AskAsync(deployment, body, cancellation), cancellation);

    private async Task<ServiceAnswer> ReceiveAsync(ServiceCall call, Func<Task<PipelineResponse>> send, CancellationToken cancellation)
    {
        PipelineResponse response;
        try
        {
            response = await send();
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && IsFault(fault))
        {
            throw Lost(call, fault);
        }

        return new ServiceAnswer(response.Status, response.Content, RetryAfter(response)) { RateLimit = RateHeaders.Read(response.Headers) };
    }

    /// <summary>The body of a 2xx answer.</summary>
    public async Task<BinaryData> SendAsync(
        ServiceCall call,
        string method,
        string route,
        BinaryContent? content = null,
        string contentType = "application/json",
        TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        ServiceAnswer answer = await ExchangeAsync(call, method, route, content, contentType, timeout, cancellation);
        return answer.IsSuccess ? answer.Body : throw Refused(call, answer);
    }

    /// <summary>As <see cref="SendAsync"/>, for answers that are a JSON object.</summary>
    public async Task<JsonElement> SendJsonAsync(
        ServiceCall call,
        string method,
        string route,
        BinaryContent? content = null,
        string contentType = "application/json",
        TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        BinaryData body = await SendAsync(call, method, route, content, contentType, timeout, cancellation);
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            throw Unreadable(call, broken, body);
        }
    }

    /// <summary>As <see cref="SendJsonAsync"/> for a look-up; null where there is no such thing.</summary>
    public async Task<JsonElement?> FindJsonAsync(ServiceCall call, string route, CancellationToken cancellation)
    {
        try
        {
            return await SendJsonAsync(call, "GET", route, cancellation: cancellation);
        }
        catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> PagesAsync(
        ServiceCall call, string route, int size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string query = $"{route}{(route.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={size}";
        string? after = null;
        while (true)
        {
            string page = after is null ? query : $"{query}&after={Uri.EscapeDataString(after)}";
            JsonElement answer = await SendJsonAsync(call, "GET", page, cancellation: cancellation);
            // An object that is not a list must not read as an empty one: nothing would be found, and all be made again.
            if (answer.Member("data") is not { ValueKind: JsonValueKind.Array })
            {
                throw Unreadable(call);
            }

            string? last = null;
            foreach (JsonElement one in answer.Items("data"))
            {
                last = one.Text("id") ?? last;
                yield return one;
            }

            // A service that ignores "after" would answer with the same page forever.
            bool more = answer.Member("has_more") is { ValueKind: JsonValueKind.True };
            if (more && last is null)
            {
                // There is more, and no way to ask for it: what is looked for may be there.
                throw Unreadable(call);
            }

            if (!more || last == after)
            {
                yield break;
            }

            after = last;
        }
    }

    /// <summary>Chats go to a deployment's classic address.</summary>
    public bool AsksClassicDeployments => _classic is not null;

    public FlowException Refused(ServiceCall call, ServiceAnswer answer) =>
        ErrorReading.Read(_options.Name, call, answer, _options.Key);

    /// <summary>The service answered, but not in this format: what it made, if it made something, has to be looked for.</summary>
    public FlowException Unreadable(ServiceCall call, Exception? why = null, BinaryData? body = null) => new(
        call.Nature == CallNature.Makes ? FailureKind.Ambiguous : FailureKind.Unavailable,
        // As a proxy, a sign-in or another service gives.
        body is not null && body.ToMemory().Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] ? $"{_options.Name} answers with a web page instead of JSON (asked to {call.What})" : $"{_options.Name} gave an answer that cannot be read (asked to {call.What})",
        $"Check the setting Providers__{_options.Name}__BaseAddress, which must be a service of the OpenAI format, and whether a proxy or a sign-in stands before it",
        why);

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfter(PipelineResponse response)
    {
        if (response.Status < 300)
        {
            return null;
        }

        response.Headers.TryGetValue("retry-after-ms", out string? milliseconds);
        response.Headers.TryGetValue("Retry-After", out string? after);
        return ErrorReading.RetryAfter(milliseconds, after, _time.GetUtcNow());
    }

    private static bool IsFault(Exception thrown) =>
        thrown is ClientResultException or HttpRequestException or IOException or OperationCanceledException or TimeoutException
            or AggregateException or Azure.Identity.AuthenticationFailedException;

    private FlowException Lost(ServiceCall call, Exception fault)
    {
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                // Our own source failed while it was being sent (a drop that changed): the service never had the whole request.
                case FlowException own:
                    return own;
                case Azure.Identity.AuthenticationFailedException:
                    return new FlowException(FailureKind.Unauthenticated, $"No credential for {_options.Name} was found",
                        "Sign in (az login), or set the provider's Key, or its Credential and ClientId", fault);
                // Nothing had been sent yet.
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
                }:
                    return new FlowException(FailureKind.Unavailable, $"{_options.Name} cannot be reached at {_options.BaseAddress.Authority} (to {call.What})",
                        "Check the provider's BaseAddress setting and that the service runs", fault);
            }
        }

        return new FlowException(
            call.Nature == CallNature.Makes ? FailureKind.Ambiguous : FailureKind.Unavailable,
            $"{_options.Name} did not answer (asked to {call.What})",
            call.Nature == CallNature.Makes ? "It may have been done all the same; what is there is looked for before the next attempt" : null,
            fault);
    }
}

/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON or not.</param>
/// <param name="RetryAfter">As headers say.</param>
internal readonly record struct ServiceAnswer(int Status, BinaryData Body, TimeSpan? RetryAfter)
{
    /// <summary>What the headers say about the rate limit.</summary>
    public RateLimitNote? RateLimit { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;
}
