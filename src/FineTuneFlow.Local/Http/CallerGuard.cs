using System.Net;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Hosting;

namespace FineTuneFlow.Local.Http;

/// <summary>Who may call. With an API key: who has it. Without one the host listens on the loopback address only, and what
/// remains is the web page in the user's own browser: its requests are known by a foreign Host (DNS rebinding) or a
/// foreign Origin.</summary>
public sealed class CallerGuard(RequestDelegate next, LocalHostOptions options)
{
    private readonly byte[]? key = options.ApiKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.ApiKey));

    public async Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        Failure? refusal = key is null ? ForeignHost(request) : WithoutKey(request, context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>());
        refusal ??= ForeignPage(request);
        if (refusal is not null)
        {
            await FailureProblem.Of(refusal, request).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private static Failure? ForeignHost(HttpRequest request)
    {
        string host = request.Host.Host.Trim('[', ']');
        return host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address))
            ? null
            : new Failure(FailureKind.Forbidden, "this host answers under its loopback address only", "Call it as http://127.0.0.1, or set ApiKey.");
    }

    /// <summary>A page from elsewhere may make the browser send a request, though not read the answer; so none may change anything.</summary>
    private static Failure? ForeignPage(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        string origin = request.Headers.Origin.ToString();
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool foreign = (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            || site is "cross-site" or "same-site";
        return foreign
            ? new Failure(FailureKind.Forbidden, "a web page from elsewhere may not change anything here", "Use the pages that this host serves, or ftf.")
            : null;
    }

    private Failure? WithoutKey(HttpRequest request, ApiRoute? route)
    {
        if (route is { Anonymous: true })
        {
            return null;
        }

        string authorization = request.Headers.Authorization.ToString();
        string given = request.Headers["x-functions-key"].ToString() is { Length: > 0 } header ? header
            : authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..]
            : request.Query["code"].ToString();
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), key)
            ? null
            : new Failure(FailureKind.Unauthenticated, given.Length == 0 ? "the API key is missing" : "the API key is wrong", "Send it as header x-functions-key.");
    }
}
