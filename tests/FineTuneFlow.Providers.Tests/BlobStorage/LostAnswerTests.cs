using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.BlobStorage;

/// <summary>A connection to Azurite that loses the answer to the first write: the library sends it again.</summary>
public sealed class LostAnswerTests(Azurite azurite)
{
    private readonly string _container = Azurite.NewContainer();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10)]
    [InlineData(9_000_000)]
    public async Task A_conditional_write_whose_answer_was_lost_is_not_taken_for_another_writers(int bytes)
    {
        var direct = new AzureBlobStore(new StorageOptions { ConnectionString = azurite.ConnectionString });
        await direct.WriteAsync(BlobPath.Of(_container, "other"), new MemoryStream([1]), cancellation: Cancelled);
        using var http = new HttpClient();
        int lost = 0;
        var origin = new Uri(azurite.ConnectionString.Split("BlobEndpoint=")[1].TrimEnd(';'));
        await using WireServer proxy = await WireServer.StartAsync(async (context, request) =>
        {
            using HttpResponseMessage answer = await ForwardAsync(http, origin, context, request);
            bool write = request.Method == "PUT" && !request.Query.Contains("comp=block&", StringComparison.Ordinal) && answer.IsSuccessStatusCode;
            if (write && Interlocked.Increment(ref lost) == 1)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await answer.Content.CopyToAsync(context.Response.Body);
        });
        string through = azurite.ConnectionString.Replace($"127.0.0.1:{origin.Port}", $"127.0.0.1:{proxy.Address.Port}", StringComparison.Ordinal);
        var store = new AzureBlobStore(new StorageOptions { ConnectionString = through });
        BlobPath path = BlobPath.Of(_container, "intent.json");

        BlobWritten written = await store.WriteAsync(path, new MemoryStream(new byte[bytes]), WriteCondition.Absent, Cancelled);
        FlowException second = await Should.ThrowAsync<FlowException>(() =>
            direct.WriteAsync(path, new MemoryStream(Encoding.UTF8.GetBytes("late")), WriteCondition.Absent, Cancelled));

        lost.ShouldBeGreaterThan(0);
        second.Failure.Kind.ShouldBe(FailureKind.Conflict);
        await using BlobRead read = (await direct.OpenAsync(path, Cancelled)).ShouldNotBeNull();
        read.ETag.ShouldBe(written.ETag);
        read.Bytes.ShouldBe(bytes);
    }

    private static async Task<HttpResponseMessage> ForwardAsync(HttpClient http, Uri origin, HttpContext context, WireRequest request)
    {
        var forward = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(origin, context.Request.Path + context.Request.QueryString));
        forward.Content = new ByteArrayContent(request.Body);
        foreach ((string name, string value) in request.Headers.Where(header => header.Key is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Connection")))
        {
            if (!forward.Headers.TryAddWithoutValidation(name, value))
            {
                forward.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.Method is "GET" or "HEAD")
        {
            forward.Content = null;
        }

        return await http.SendAsync(forward);
    }
}
