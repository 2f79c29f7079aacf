using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Dashboard;

/// <summary>One file of the pages, as the build has left it in this assembly.</summary>
/// <param name="MediaType">With its character set.</param>
/// <param name="Brotli">The content, compressed.</param>
/// <param name="ETag">Quoted, strong: follows from the content.</param>
/// <param name="Hashed">Its name changes with its content, so that a browser may keep it for good.</param>
public sealed record DashboardFile(string MediaType, byte[] Brotli, string ETag, bool Hashed) : IResult
{
    /// <summary>No inline script or style, nothing from elsewhere, no page around it.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.CacheControl = Hashed ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = ETag;
        response.Headers.Vary = "Accept-Encoding";
        HttpRequest request = httpContext.Request;
        if (request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = MediaType;
        byte[] body = Brotli;
        if (TakesBrotli(request))
        {
            response.Headers.ContentEncoding = "br";
        }
        else
        {
            body = Plain();
        }

        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    private byte[] Plain()
    {
        using var plain = new MemoryStream();
        using (var reading = new BrotliStream(new MemoryStream(Brotli), CompressionMode.Decompress))
        {
            reading.CopyTo(plain);
        }

        return plain.ToArray();
    }

    private static bool TakesBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "br" && coding.Quality is null or > 0);
}
