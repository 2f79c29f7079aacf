using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>A page from elsewhere may make a browser send a request, though not read the answer; so none may change anything.</summary>
public static class ForeignPage
{
    /// <summary>Null: the request changes nothing, or no page from elsewhere has sent it.</summary>
    public static Failure? Refusal(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        string origin = request.Headers.Origin.ToString();
        bool foreign = (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            || request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        return foreign
            ? new Failure(FailureKind.Forbidden, "a web page from elsewhere may not change anything here", "Use the pages that this host serves, or ftf.")
            : null;
    }
}
