using System.Net;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;
using Microsoft.AspNetCore.Authorization;

namespace FineTuneFlow.Local.Http;

/// <summary>Who may call. With an API key: who has it. Without one the host listens on the loopback address only, and what
/// remains is the web page in the user's own browser: its requests are known by a foreign Host (DNS rebinding) or a
/// foreign Origin.</summary>
public sealed class CallerGuard(RequestDelegate next, LocalHostOptions options)
{
    private readonly byte[]? _key = options.ApiKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.ApiKey));

    public async Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        Failure? refusal = _key is null ? ForeignHost(request) : WithoutKey(request, context.GetEndpoint()?.Metadata);
        refusal ??= ForeignPage.Refusal(request);
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

    private Failure? WithoutKey(HttpRequest request, EndpointMetadataCollection? endpoint)
    {
        if (endpoint?.GetMetadata<IAllowAnonymous>() is not null || endpoint?.GetMetadata<ApiRoute>() is { Anonymous: true })
        {
            return null;
        }

        string authorization = request.Headers.Authorization.ToString();
        string given = request.Headers["x-functions-key"].ToString() is { Length: > 0 } header ? header
            : authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..]
            : request.Query["code"].ToString();
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _key)
            ? null
            : new Failure(FailureKind.Unauthenticated, given.Length == 0 ? "the API key is missing" : "the API key is wrong", "Send it as header x-functions-key.");
    }
}
