using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Cli.Client;

/// <summary>Speaks to a host over HTTP. Problem details become the failures that they were made from.</summary>
internal sealed class HostClient : IDisposable
{
    /// <summary>Bytes of a body that the host of Azure Functions takes, unless its setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says otherwise. What is
    /// longer it refuses before our code is asked, with an empty 500 or by breaking off.</summary>
    private const long FunctionsBody = 104_857_600;

    private readonly HttpClient _http;

    public HostClient(Uri host)
    {
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = new Uri(host, "api/"), Timeout = Timeout.InfiniteTimeSpan };
        if (Environment.GetEnvironmentVariable("FTF_API_KEY") is { Length: > 0 } key)
        {
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    public Uri Address => new(_http.BaseAddress!, "..");

    /// <summary>The host that FTF_HOST names; null where it is not set.</summary>
    /// <exception cref="FlowException">InvalidInput: it is set and not an address. Another host than the one meant would be asked, and cleaned.</exception>
    public static Uri? Set => Environment.GetEnvironmentVariable("FTF_HOST") is { Length: > 0 } set
        ? AddressOf(set) ?? throw new FlowException(new Failure(
            FailureKind.InvalidInput, $"\"{set}\" is not an address such as http://127.0.0.1:7071", "Correct it, or unset it to ask the local stack.", Field: "FTF_HOST"))
        : null;

    /// <summary>A host's address, ending in a slash; null where the text is none.</summary>
    public static Uri? AddressOf(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>The host that was named, that FTF_HOST names, that the running stack has told, or the usual address.</summary>
    public static HostClient For(Uri? named) =>
        new(named
            ?? Set
            ?? StackFile.Read(StackPaths.Home)?.Host
            ?? new StackOptions("").Host);

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    /// <summary>The body in the wanted media type, as text.</summary>
    public async Task<string> GetTextAsync(string path, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        using HttpResponseMessage response = await SendAsync(request, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    public async Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body, FlowJson.Compact), Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await SendAsync(request, cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    /// <summary>A text with the ETag by which it may be changed.</summary>
    public async Task<(string Text, string? ETag)> GetWithTagAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        string? tag = response.Headers.TryGetValues("ETag", out IEnumerable<string>? tags) ? tags.First() : null;
        return (await response.Content.ReadAsStringAsync(cancellation), tag);
    }

    /// <summary>Puts a JSON text; with a tag only where nothing has changed since.</summary>
    public async Task<T> PutAsync<T>(string path, string json, string? tag, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        }

        using HttpResponseMessage response = await SendAsync(request, cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    /// <summary>Writes a body of any length to a stream. What fails there is the stream's own fault, and not told as the host's.</summary>
    /// <exception cref="FlowException">Unavailable: the host broke off.</exception>
    public async Task DownloadAsync(string path, Stream target, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] buffer = new byte[128 * 1024];
        while (await ReadSomeAsync(body, buffer, cancellation) is var read and > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    public async Task DeleteAsync(string path, CancellationToken cancellation) =>
        (await SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancellation)).Dispose();

    public async Task<T> PostFormAsync<T>(string path, MultipartFormDataContent form, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        using HttpResponseMessage response = await SendAsync(request, cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    /// <summary>Whether a host answers and is well.</summary>
    public async Task<bool> IsWellAsync(CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync("health", cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException brokenOff) when (brokenOff.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError) && IsLong(request))
        {
            throw TooLong(request, brokenOff);
        }
        catch (HttpRequestException exception)
        {
            throw new FlowException(
                FailureKind.Unavailable, $"no host answers at {Address}: {exception.Message}", "Start the local stack with ftf up, or name a host with --host.", exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ProblemOfAsync(response, cancellation);
        }
    }

    private async Task<int> ReadSomeAsync(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new FlowException(FailureKind.Unavailable, $"{Address} broke off: {broken.Message}", "Its log says why: ftf logs", broken);
        }
    }

    private async Task<FlowException> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType == FailureProblem.MediaType)
        {
            ProblemBody? problem = await response.Content.ReadFromJsonAsync<ProblemBody>(FlowJson.Compact, cancellation);
            if (problem is not null)
            {
                FlowException told = problem.ToException();
                return response.Headers.RetryAfter?.Delta is { } wait ? new FlowException(told.Failure with { RetryAfter = wait }) : told;
            }
        }

        if (response.StatusCode is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.InternalServerError && response.RequestMessage is { } request && IsLong(request))
        {
            return TooLong(request);
        }

        return new FlowException(FailureKind.Unavailable, $"{Address} answered {(int)response.StatusCode} {response.ReasonPhrase}", "Is this a FineTuneFlow host?");
    }

    private static bool IsLong(HttpRequestMessage request) => request.Content?.Headers.ContentLength > FunctionsBody;

    private FlowException TooLong(HttpRequestMessage request, Exception? brokenOff = null) => new(
        FailureKind.InvalidInput,
        $"{Address} takes no body of {request.Content!.Headers.ContentLength:N0} bytes; the host of Azure Functions takes up to {FunctionsBody:N0}",
        "Copy the file into its storage, as drops/PROJECT/NAME, which starts the run as well, or raise the app's setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT.",
        brokenOff);

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellation) =>
        await response.Content.ReadFromJsonAsync<T>(FlowJson.Compact, cancellation)
            ?? throw new FlowException(FailureKind.Internal, $"the host answered nothing to {response.RequestMessage?.RequestUri}");
}
