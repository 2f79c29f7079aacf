using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Large files: what is sent of them, how many parts at once, and how they are given up.</summary>
public sealed class UploadInPartsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_opened_sent_part_by_part_and_completed()
    {
        var parts = new ConcurrentQueue<byte[]>();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Path == "/v1/uploads/u/parts")
            {
                IFormFile part = (await FormOf(context, request)).Files["data"]!;
                part.ContentType.ShouldBe("application/octet-stream");
                var copy = new MemoryStream();
                await part.CopyToAsync(copy);
                parts.Enqueue(copy.ToArray());
                await WireServer.WriteAsync(context, 200, $$"""{"id":"part-{{copy.ToArray()[^1]}}"}""");
                return;
            }

            await WireServer.WriteAsync(context, 200, request.Path == "/v1/uploads" ? """{"id":"u"}""" : """{"file":{"id":"file-1","filename":"f.jsonl","bytes":10}}""");
        });
        using OpenAIProvider provider = InParts(server, ProviderKind.AzureOpenAI);

        ProviderFile file = await provider.UploadFileAsync("f.jsonl", new MemoryStream([1, 2, 3, 4, 5, 6, 7]), 7, Cancelled);

        (file.Id, file.Bytes).ShouldBe(("file-1", 10));
        // Azure's mark of three bytes is counted, and stands before the first part only.
        server.Requests.First().Text.ShouldBe("""{"purpose":"fine-tune","filename":"f.jsonl","bytes":10,"mime_type":"text/jsonl"}""");
        parts.OrderBy(part => part[^1]).ShouldBe([[0xEF, 0xBB, 0xBF, 1, 2, 3], [4, 5, 6], [7]]);
        server.Requests.Last().Path.ShouldBe("/v1/uploads/u/complete");
        server.Requests.Last().Text.ShouldBe("""{"part_ids":["part-3","part-6","part-7"]}""");
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI, 6, false)]
    [InlineData(ProviderKind.OpenAI, 7, true)]
    [InlineData(ProviderKind.AzureOpenAI, 3, false)]
    [InlineData(ProviderKind.AzureOpenAI, 4, true)] // its mark counts
    public async Task Only_what_is_larger_than_the_setting_goes_up_in_parts(ProviderKind kind, int bytes, bool inParts)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, """{"id":"u","file":{"id":"f"}}"""));
        using OpenAIProvider provider = InParts(server, kind);

        await provider.UploadFileAsync("f.jsonl", new MemoryStream(new byte[bytes]), bytes, Cancelled);

        server.Requests.First().Path.ShouldBe(inParts ? "/v1/uploads" : "/v1/files");
    }

    [Fact]
    public async Task Four_parts_are_under_way_at_once_and_no_more_is_read_until_one_has_arrived()
    {
        var source = new MemoryStream(new byte[18]);
        var four = new TaskCompletionSource();
        int arrived = 0;
        long readByThen = 0;
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Path.EndsWith("/parts", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref arrived) == 4)
                {
                    readByThen = source.Position;
                    four.SetResult();
                }

                await four.Task;
            }

            await WireServer.WriteAsync(context, 200, """{"id":"u","file":{"id":"f"}}""");
        });
        using OpenAIProvider provider = InParts(server);

        await provider.UploadFileAsync("f.jsonl", source, 18, Cancelled).WaitAsync(Patience, Cancelled);

        (arrived, readByThen).ShouldBe((6, 12));
    }

    [Fact]
    public async Task A_part_that_fails_stops_the_others_before_the_upload_is_given_up()
    {
        var second = new TaskCompletionSource();
        int arrived = 0;
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (!request.Path.EndsWith("/parts", StringComparison.Ordinal))
            {
                await WireServer.WriteAsync(context, 200, """{"id":"u"}""");
                return;
            }

            if (Interlocked.Increment(ref arrived) > 1)
            {
                // Never answered: without being stopped it would be waited for.
                second.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await second.Task;
            await WireServer.WriteAsync(context, 429, "{}");
        });
        using OpenAIProvider provider = InParts(server, timeout: 10 * Patience);

        FlowException fault = await Should.ThrowAsync<FlowException>(
            () => provider.UploadFileAsync("f.jsonl", new MemoryStream(new byte[8]), 8, Cancelled).WaitAsync(Patience, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Throttled);
        // Parts that were on their way may arrive behind it.
        server.Requests.ShouldContain(request => request.Path == "/v1/uploads/u/cancel");
    }

    [Fact]
    public async Task A_source_that_fails_stops_the_parts_that_are_under_way()
    {
        var aborted = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Path.EndsWith("/parts", StringComparison.Ordinal))
            {
                context.RequestAborted.Register(aborted.SetResult);
                arrived.SetResult();
                await aborted.Task;
                return;
            }

            await WireServer.WriteAsync(context, 200, """{"id":"u"}""");
        });
        using OpenAIProvider provider = InParts(server, timeout: 10 * Patience);

        FlowException fault = await Should.ThrowAsync<FlowException>(
            () => provider.UploadFileAsync("f.jsonl", new FailingSource(3, arrived.Task), 9, Cancelled).WaitAsync(Patience, Cancelled));

        fault.Failure.Message.ShouldBe("the drop has changed");
        await aborted.Task.WaitAsync(Patience, Cancelled);
        server.Requests.Select(one => one.Path).ShouldBe(["/v1/uploads", "/v1/uploads/u/parts", "/v1/uploads/u/cancel"]);
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_no_upload_open()
    {
        using var stop = new CancellationTokenSource();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Path.EndsWith("/parts", StringComparison.Ordinal))
            {
                await stop.CancelAsync();
                context.Abort();
                return;
            }

            await WireServer.WriteAsync(context, 200, """{"id":"u"}""");
        });
        using OpenAIProvider provider = InParts(server);

        await Should.ThrowAsync<OperationCanceledException>(() => provider.UploadFileAsync("f.jsonl", new MemoryStream(new byte[9]), 9, stop.Token));

        // Parts that were on their way may arrive behind it.
        server.Requests.ShouldContain(request => request.Path == "/v1/uploads/u/cancel");
    }

    [Fact]
    public async Task That_an_upload_cannot_be_given_up_does_not_hide_why_it_failed()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Path switch
        {
            "/v1/uploads" => WireServer.WriteAsync(context, 200, """{"id":"u"}"""),
            "/v1/uploads/u/parts" => WireServer.WriteAsync(context, 413, "{}"),
            _ => WireServer.WriteAsync(context, 500, "{}"),
        });
        using OpenAIProvider provider = InParts(server);

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f.jsonl", new MemoryStream(new byte[9]), 9, Cancelled));

        fault.Failure.Message.ShouldContain("the request is too large (asked to upload a part of the file: 413)");
    }

    [Theory]
    [InlineData("uploads", FailureKind.Unavailable, "open the upload")]
    [InlineData("uploads/u/parts", FailureKind.Unavailable, "upload a part of the file")]
    [InlineData("uploads/u/complete", FailureKind.Ambiguous, "complete the upload")]
    public async Task An_answer_without_an_id_is_no_step_of_an_upload(string unreadable, FailureKind kind, string asked)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) =>
            WireServer.WriteAsync(context, 200, request.Path == $"/v1/{unreadable}" ? """{"file":{}}""" : """{"id":"u","file":{"id":"f"}}"""));
        using OpenAIProvider provider = InParts(server);

        Failure fault = (await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f.jsonl", new MemoryStream(new byte[9]), 9, Cancelled))).Failure;

        (fault.Kind, fault.Message).ShouldBe((kind, $"p gave an answer that cannot be read (asked to {asked})"));
    }

    private static OpenAIProvider InParts(WireServer server, ProviderKind kind = ProviderKind.OpenAI, TimeSpan? timeout = null) =>
        TestProvider.For(server, kind, options => options with { PartsAbove = 6, PartBytes = 3, UploadTimeout = timeout ?? Patience });

    private static async Task<IFormCollection> FormOf(HttpContext context, WireRequest request)
    {
        context.Request.Body = new MemoryStream(request.Body);
        return await context.Request.ReadFormAsync();
    }

    /// <summary>Gives some bytes, and fails when what it gave has arrived.</summary>
    private sealed class FailingSource(int bytes, Task arrived) : Core.Streams.ForwardStream
    {
        private bool _given;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given)
            {
                await arrived.WaitAsync(cancellationToken);
                throw new FlowException(FailureKind.Conflict, "the drop has changed");
            }

            _given = true;
            return bytes;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
