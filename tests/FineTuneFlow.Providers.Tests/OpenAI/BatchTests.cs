using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>The Batch API: what is sent to it and what is found there.</summary>
public sealed class BatchTests
{
    private static readonly Dictionary<string, string> Ours = new() { ["run"] = "r1", ["part"] = "2" };

    private static readonly ModelQuestion Chat = new() { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 4 };

    private static readonly ModelQuestion Legacy = Chat with { Family = ModelFamily.Completion };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_go_up_as_one_line_each_without_a_byte_order_mark()
    {
        string? purpose = null, name = null, lines = null;
        await using WireServer server = await WireServer.StartAsync(
            async (context, _) =>
            {
                IFormCollection form = await context.Request.ReadFormAsync();
                (purpose, name) = (form["purpose"], form.Files["file"]!.FileName);
                using var text = new StreamReader(form.Files["file"]!.OpenReadStream(), detectEncodingFromByteOrderMarks: false);
                lines = await text.ReadToEndAsync();
                await WireServer.WriteAsync(context, 200, """{"id":"file-1","filename":"b.jsonl"}""");
            },
            keepBodies: false);
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI);

        ProviderFile file = await provider.Batches!.UploadQuestionsAsync("b.jsonl", [new BatchQuestion("1", Chat), new BatchQuestion("2", Chat)], Cancelled);

        (file.Id, file.Name, purpose, name).ShouldBe(("file-1", "b.jsonl", "batch", "b.jsonl"));
        const string Line = """
            {"custom_id":"ID","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"fine"}],"max_completion_tokens":4}}

            """;
        lines.ShouldBe(Line.Replace("ID", "1", StringComparison.Ordinal) + Line.Replace("ID", "2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ModelFamily.Chat, "/v1/chat/completions")]
    [InlineData(ModelFamily.Completion, "/v1/completions")]
    public async Task A_batch_is_created_for_the_questions_route_with_the_metadata_it_is_found_by(ModelFamily family, string route)
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/batches", """{"id":"b1","status":"validating"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.Batches!.CreateBatchAsync("file-1", family, Ours, Cancelled)).Id.ShouldBe("b1");

        server.Requests.ShouldHaveSingleItem().Text.ShouldBe(
            $$$"""{"input_file_id":"file-1","endpoint":"{{{route}}}","completion_window":"24h","metadata":{"run":"r1","part":"2"}}""");
    }

    [Fact]
    public async Task Too_few_or_too_many_questions_of_two_families_or_of_one_id_are_refused_unsent()
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/files", """{"id":"file-1"}"""));
        using OpenAIProvider provider = TestProvider.For(server);
        BatchQuestion[] most = [.. Enumerable.Range(0, 50_001).Select(row => new BatchQuestion($"{row}", Chat))];

        foreach (BatchQuestion[] questions in (BatchQuestion[][])[[], most, [new("1", Chat), new("2", Legacy)], [new("1", Chat), new("1", Chat)]])
        {
            FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.Batches!.UploadQuestionsAsync("b", questions, Cancelled));
            refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
            refused.Message.ShouldContain($"not these {questions.Length}");
        }

        server.Requests.ShouldBeEmpty();
        (await provider.Batches!.UploadQuestionsAsync("b", most[1..], Cancelled)).Id.ShouldBe("file-1");
        (await provider.Batches!.UploadQuestionsAsync("b", [new("1", Legacy)], Cancelled)).Id.ShouldBe("file-1");
    }

    [Fact]
    public async Task Questions_are_found_by_their_name_among_files_for_batches()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/files", """
            {"data":[{"id":"f1","filename":"other","purpose":"batch"},{"id":"f2","filename":"b","purpose":"fine-tune"},{"filename":"b","purpose":"batch"},{"id":"f3","filename":"b","purpose":"batch"},{"id":"f4","filename":"b"}]}
            """));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.Batches!.FindQuestionsAsync("b", Cancelled)).ShouldNotBeNull().Id.ShouldBe("f3");
        (await provider.Batches!.FindQuestionsAsync("c", Cancelled)).ShouldBeNull();
        server.Requests.ShouldAllBe(one => one.Query == "?purpose=batch&order=desc&limit=1000");
    }

    [Fact]
    public async Task A_service_that_names_no_purpose_has_the_questions_too()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/files", """{"data":[{"id":"f4","filename":"b"}]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.Batches!.FindQuestionsAsync("b", Cancelled)).ShouldNotBeNull().Id.ShouldBe("f4");
    }

    [Fact]
    public async Task Batches_are_found_by_all_of_their_metadata()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/batches", """
            {"data":[{"id":"b1","metadata":{"run":"r1"}},{"id":"b2","metadata":{"run":"r1","part":"3"}},{"metadata":{"run":"r1","part":"2"}},{"id":"b3","metadata":{"part":"2","run":"r1","more":"x"}},{"id":"b4"}]}
            """));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.Batches!.FindBatchesAsync(Ours, Cancelled).Select(batch => batch.Id).ToListAsync(Cancelled)).ShouldBe(["b3"]);
        server.Requests.ShouldHaveSingleItem().Query.ShouldBe("?limit=100");
    }

    [Fact]
    public async Task Answers_are_read_from_both_files_line_by_line()
    {
        await using WireServer server = await WireServer.StartAsync(
            ("GET /v1/files/out/content", "{\"custom_id\":\"1\",\"response\":{\"body\":{\"choices\":[{\"text\":\"a\"}]}}}\n \t\r\n\n{\"custom_id\":\"2\",\"response\":{\"body\":{\"choices\":[{\"text\":\"b\"}]}}}\r\n"),
            ("GET /v1/files/err/content", "{\"custom_id\":\"3\",\"error\":{\"code\":\"batch_expired\"}}"));
        using OpenAIProvider provider = TestProvider.For(server);

        List<BatchAnswer> answers = await provider.Batches!.ReadAnswersAsync(Ended("out", "err"), Cancelled).ToListAsync(Cancelled);

        answers.Select(answer => (answer.Id, answer.Answer?.Text, answer.Failure?.Kind)).ShouldBe([("1", "a", null), ("2", "b", null), ("3", null, FailureKind.Unavailable)]);
        (await provider.Batches!.ReadAnswersAsync(Ended(null, "err"), Cancelled).CountAsync(Cancelled)).ShouldBe(1);
        (await provider.Batches!.ReadAnswersAsync(Ended(null, null), Cancelled).CountAsync(Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_not_taken_for_a_row_that_was_not_asked()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/files/out/content", "{\"custom_id\":\"1\"}\n{\"custom"));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException fault = await Should.ThrowAsync<FlowException>(async () => await provider.Batches!.ReadAnswersAsync(Ended("out", null), Cancelled).ToListAsync(Cancelled));

        (fault.Failure.Kind, fault.Failure.Message).ShouldBe((FailureKind.Unavailable, "p gave an answer that cannot be read (asked to read the file)"));
    }

    [Theory]
    [InlineData("""{"id":"b","status":"in_progress"}""", BatchState.InProgress)]
    [InlineData("{}", null)]
    public async Task A_batch_that_is_looked_up_has_an_id(string json, BatchState? state)
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/batches/b", json));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.Batches!.GetBatchAsync("none", Cancelled)).ShouldBeNull();
        if (state is not null)
        {
            (await provider.Batches!.GetBatchAsync("b", Cancelled)).ShouldNotBeNull().State.ShouldBe(state.Value);
            return;
        }

        (await Should.ThrowAsync<FlowException>(() => provider.Batches!.GetBatchAsync("b", Cancelled))).Message.ShouldContain("cannot be read (asked to look up the batch)");
    }

    [Theory]
    [InlineData("upload the file", FailureKind.Ambiguous)]
    [InlineData("create the batch", FailureKind.Ambiguous)]
    [InlineData("cancel the batch", FailureKind.Unavailable)]
    public async Task An_answer_without_an_id_cannot_be_read(string asked, FailureKind kind)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, "{}"));
        using OpenAIProvider provider = TestProvider.For(server);
        IBatchInference batches = provider.Batches!;

        Failure fault = (await Should.ThrowAsync<FlowException>(() => asked switch
        {
            "upload the file" => batches.UploadQuestionsAsync("b", [new("1", Chat)], Cancelled),
            "create the batch" => batches.CreateBatchAsync("f", ModelFamily.Chat, Ours, Cancelled),
            _ => (Task)batches.CancelBatchAsync("b", Cancelled),
        })).Failure;

        (fault.Kind, fault.Message).ShouldBe((kind, $"p gave an answer that cannot be read (asked to {asked})"));
    }

    [Theory]
    [InlineData(409, "completed", BatchState.Completed)]
    [InlineData(400, "expired", BatchState.Expired)]
    [InlineData(409, "cancelling", BatchState.Cancelling)]
    [InlineData(409, "in_progress", null)]
    [InlineData(500, "completed", null)]
    [InlineData(409, null, null)]
    public async Task A_refused_cancellation_is_an_error_unless_the_batch_has_ended_or_is_being_cancelled(int status, string? word, BatchState? state)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "POST"
            ? WireServer.WriteAsync(context, status, "{}")
            : WireServer.WriteAsync(context, word is null ? 404 : 200, $$"""{"id":"b","status":"{{word}}"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        if (state is not null)
        {
            (await provider.Batches!.CancelBatchAsync("b", Cancelled)).State.ShouldBe(state.Value);
            return;
        }

        (await Should.ThrowAsync<FlowException>(() => provider.Batches!.CancelBatchAsync("b", Cancelled))).Message.ShouldContain($"(asked to cancel the batch: {status})");
    }

    [Fact]
    public async Task A_model_that_is_answered_in_batches_only_is_remembered()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) =>
            WireServer.WriteAsync(context, 400, request.Text.Contains("\"batched\"", StringComparison.Ordinal) ? """{"error":{"message":"This model is only available in batch"}}""" : "{}"));
        using OpenAIProvider provider = TestProvider.For(server);

        await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Chat, Cancelled));
        provider.Batches!.AnswersOnly("m").ShouldBeFalse();
        await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Chat with { Model = "batched" }, Cancelled));
        (provider.Batches!.AnswersOnly("m"), provider.Batches!.AnswersOnly("batched")).ShouldBe((false, true));
    }

    private static ProviderBatch Ended(string? output, string? error) => new() { Id = "b", State = BatchState.Completed, RawState = "completed", OutputFile = output, ErrorFile = error };
}
