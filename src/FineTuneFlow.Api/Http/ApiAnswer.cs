using FineTuneFlow.Core.Json;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>Answers in the product's JSON.</summary>
public static class ApiAnswer
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, FlowJson.Compact, statusCode: status);

    /// <summary>202: what was asked goes on in the background and is to be looked at under the given address.</summary>
    public static IResult Accepted<T>(HttpRequest request, string location, T value)
    {
        request.HttpContext.Response.Headers.Location = location;
        return Json(value, StatusCodes.Status202Accepted);
    }
}
