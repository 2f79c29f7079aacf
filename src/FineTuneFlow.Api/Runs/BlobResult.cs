using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Streams a blob, whatever its size, and answers a client that has it already with 304.</summary>
internal sealed class BlobResult(BlobRead read, string mediaType) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (read)
        {
            HttpResponse response = httpContext.Response;
            string etag = read.ETag.StartsWith('"') ? read.ETag : $"\"{read.ETag}\"";
            response.Headers.ETag = etag;
            response.Headers.XContentTypeOptions = "nosniff";
            // The texts are other people's: whatever they hold, nothing of it may run or call out.
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups";
            if (httpContext.Request.Headers.IfNoneMatch == etag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            response.ContentType = mediaType.StartsWith("text/", StringComparison.Ordinal) ? $"{mediaType}; charset=utf-8" : mediaType;
            response.ContentLength = read.Bytes;
            if (!HttpMethods.IsHead(httpContext.Request.Method))
            {
                await read.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
            }
        }
    }
}
