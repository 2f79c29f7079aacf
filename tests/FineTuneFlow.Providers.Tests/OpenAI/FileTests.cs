using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.OpenAI;

public sealed class FileTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("{\"prompt\":\"é\",\"completion\":\" 1\"}\n");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderKind.OpenAI, 0)]
    [InlineData(ProviderKind.AzureOpenAI, 3)]
    public async Task An_upload_is_typed_multipart_and_only_Azure_gets_a_byte_order_mark(ProviderKind kind, int mark)
    {
        byte[] received = [];
        string? type = null, name = null, purpose = null;
        await using WireServer server = await WireServer.StartAsync(
            async (context, _) =>
            {
                IFormCollection form = await context.Request.ReadFormAsync();
                (type, name, purpose) = (form.Files["file"]!.ContentType, form.Files["file"]!.FileName, form["purpose"]);
                var copy = new MemoryStream();
                await form.Files["file"]!.CopyToAsync(copy);
                received = copy.ToArray();
                await WireServer.WriteAsync(context, 200, $$"""{"id":"file-1","filename":"{{name}}","bytes":{{received.Length}},"status":"pending"}""");
            },
            keepBodies: false);
        using OpenAIProvider provider = TestProvider.For(server, kind);

        ProviderFile file = await provider.UploadFileAsync("abc.jsonl", new MemoryStream(Content), Content.Length, Cancelled);

        file.ShouldBe(new ProviderFile("file-1", "abc.jsonl", Content.Length + mark, FileState.Pending, null));
        (type, name, purpose).ShouldBe(("application/octet-stream", "abc.jsonl", "fine-tune"));
        received[mark..].ShouldBe(Content);
        received.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBe(mark > 0);
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts_whose_order_and_length_are_kept()
    {
        byte[] content = new byte[1_000_003];
        new Random(1).NextBytes(content);
        var parts = new System.Collections.Concurrent.ConcurrentDictionary<string, byte[]>();
        byte[]? whole = null;
        long announced = 0;
        await using WireServer server = await WireServer.StartAsync(
            async (context, request) =>
            {
                switch (request.Path)
                {
                    case "/v1/uploads":
                        announced = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement.GetProperty("bytes").GetInt64();
                        await WireServer.WriteAsync(context, 200, """{"id":"upload-1","status":"pending"}""");
                        break;
                    case "/v1/uploads/upload-1/parts":
                        IFormCollection form = await context.Request.ReadFormAsync();
                        var copy = new MemoryStream();
                        await form.Files["data"]!.CopyToAsync(copy);
                        string id = Convert.ToHexString(SHA256.HashData(copy.ToArray()));
                        parts[id] = copy.ToArray();
                        await WireServer.WriteAsync(context, 200, $$"""{"id":"{{id}}"}""");
                        break;
                    default:
                        JsonElement done = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
                        whole = [.. done.GetProperty("part_ids").EnumerateArray().SelectMany(part => parts[part.GetString()!])];
                        await WireServer.WriteAsync(context, 200, $$$"""{"id":"upload-1","status":"completed","file":{"id":"file-9","filename":"big.jsonl","bytes":{{{whole.Length}}}}}""");
                        break;
                }
            },
            keepBodies: false);
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { PartsAbove = 1000, PartBytes = 100_000 });

        ProviderFile file = await provider.UploadFileAsync("big.jsonl", new MemoryStream(content), content.Length, Cancelled);

        file.Id.ShouldBe("file-9");
        announced.ShouldBe(content.Length);
        parts.Count.ShouldBe(11);
        whole.ShouldNotBeNull().AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_part_that_fails_cancels_the_upload_and_nothing_is_completed()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Path switch
        {
            "/v1/uploads" => WireServer.WriteAsync(context, 200, """{"id":"u"}"""),
            "/v1/uploads/u/parts" => WireServer.WriteAsync(context, 500, "{}"),
            _ => WireServer.WriteAsync(context, 200, "{}"),
        });
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { PartsAbove = 10, PartBytes = 100 });

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f", new MemoryStream(new byte[1000]), 1000, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        // Parts that were on their way may arrive behind it.
        server.Requests.ShouldContain(request => request.Path == "/v1/uploads/u/cancel");
        server.Requests.ShouldNotContain(request => request.Path.EndsWith("complete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_answer_to_the_completion_of_an_upload_is_ambiguous()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) =>
        {
            if (request.Path == "/v1/uploads/u/complete")
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return WireServer.WriteAsync(context, 200, """{"id":"u"}""");
        });
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { PartsAbove = 10, PartBytes = 100 });

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f", new MemoryStream(new byte[1000]), 1000, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        server.Requests.Count(request => request.Path.EndsWith("complete", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(500)]
    public async Task A_source_of_another_length_than_announced_never_becomes_a_file(int bytes)
    {
        int answered = 0;
        await using WireServer server = await WireServer.StartAsync(async (context, _) =>
        {
            answered++;
            await WireServer.WriteAsync(context, 200, """{"id":"file-1"}""");
        });
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f", new MemoryStream(new byte[bytes]), 100, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Conflict);
        answered.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_arrived_short_is_deleted_again()
    {
        await using WireServer server = await WireServer.StartAsync(
            ("POST /v1/files", """{"id":"file-1","bytes":7}"""), ("DELETE /v1/files/file-1", """{"id":"file-1","deleted":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.UploadFileAsync("f", new MemoryStream(Content), Content.Length, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        server.Requests.Last().Method.ShouldBe("DELETE");
    }

    [Theory]
    [InlineData("step,train_loss\n1,0.5\n", false, false)]
    [InlineData("step,train_loss\n1,0.5\n", true, false)]
    [InlineData("step,train_loss\n1,0.5\n", true, true)]
    [InlineData("abcd", false, false)]
    public async Task Result_files_are_read_plain_or_base64(string content, bool base64, bool mark)
    {
        byte[] bytes = Encoding.UTF8.GetBytes((mark ? "\uFEFF" : "") + content);
        await using WireServer server = await WireServer.StartAsync(("GET /v1/files/r/content", base64 ? Convert.ToBase64String(bytes) + "\n" : content));
        using OpenAIProvider provider = TestProvider.For(server);

        Encoding.UTF8.GetString(await provider.ReadFileAsync("r", Cancelled)).ShouldBe(content);
    }

    [Fact]
    public async Task Files_are_listed_over_pages_and_absent_ones_are_null_or_false()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => (request.Path, request.Query.Contains("after=f2", StringComparison.Ordinal)) switch
        {
            ("/v1/files", true) => WireServer.WriteAsync(context, 200, """{"data":[{"id":"f3","filename":"c","purpose":"fine-tune"}]}"""),
            ("/v1/files", false) => WireServer.WriteAsync(context, 200,
                """{"data":[{"id":"f1","filename":"a","purpose":"fine-tune","status":"processed","bytes":3},{"id":"f2","filename":"r","purpose":"fine-tune-results"}],"has_more":true}"""),
            _ => WireServer.WriteAsync(context, 404, "{}"),
        });
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.ListFilesAsync(Cancelled).Select(file => file.Name).ToListAsync(Cancelled)).ShouldBe(["a", "c"]);
        (await provider.GetFileAsync("nope", Cancelled)).ShouldBeNull();
        (await provider.DeleteFileAsync("nope", Cancelled)).ShouldBeFalse();
        (await provider.GetJobAsync("nope", Cancelled)).ShouldBeNull();
    }
}
