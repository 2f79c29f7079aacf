using System.Security.Cryptography;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>Answers in the product's JSON.</summary>
public static class ApiAnswer
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, FlowJson.Compact, statusCode: status);

    /// <summary>With the content's version as ETag: whoever asks again and names it is answered 304 while nothing has changed.</summary>
    public static IResult Versioned<T>(HttpRequest request, T value)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, FlowJson.Compact);
        string etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..24]}\"";
        request.HttpContext.Response.Headers.ETag = etag;
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        return request.Headers.IfNoneMatch.ToString() == etag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(body, "application/json; charset=utf-8");
    }

    /// <summary>304: whoever asks has what there is.</summary>
    public static IResult Unchanged(HttpRequest request)
    {
        request.HttpContext.Response.Headers.ETag = request.Headers.IfNoneMatch;
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }

    /// <summary>202: what was asked goes on in the background and is to be looked at under the given address.</summary>
    public static IResult Accepted<T>(HttpRequest request, string location, T value)
    {
        request.HttpContext.Response.Headers.Location = location;
        return Json(value, StatusCodes.Status202Accepted);
    }
}
