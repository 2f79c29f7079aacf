using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Whole runs against services that refuse, answer strangely or are not what the settings say: each ends with what, where and what to
/// do, and nothing is paid twice.</summary>
public sealed class RefusingServiceTests
{
    private const string One = """
        { "candidates": [{ "name": "gpt", "model": "gpt-4.1-mini", "epochs": 1 }], "baselines": [{ "name": "linear" }], "budget": { "approveAbove": 50 } }
        """;

    [Theory]
    [InlineData("POST /v1/files", "unauthorized", FailureKind.Unauthenticated, "refused the credentials", "Key", 0)]
    [InlineData("POST /v1/fine_tuning/jobs", "forbidden", FailureKind.Forbidden, "does not allow fine-tuning here", "closing self-serve fine-tuning", 0)]
    [InlineData("POST /v1/fine_tuning/jobs", "notFound", FailureKind.NotFound, "knows no such model for this key", "ftf doctor", 0)]
    [InlineData("POST /v1/fine_tuning/jobs", "insufficientQuota", FailureKind.QuotaExhausted, "has no credit left", "Add credit", 0)]
    [InlineData("POST /v1/chat/completions", "unauthorized", FailureKind.Unauthenticated, "refused the credentials", "Key", 1)]
    [InlineData("POST /v1/chat/completions", "insufficientQuota", FailureKind.QuotaExhausted, "has no credit left", "Add credit", 1)]
    public async Task A_refusal_ends_its_candidate_with_what_where_and_what_to_do(
        string route, string action, FailureKind kind, string what, string remedy, int jobs)
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync($$"""{ "rules": [ { "match": "{{route}}", "action": "{{action}}" } ] }""");
        StartedRun run = await product.RunAsync("refusing", Reviews.Csv(120), One);

        RunView ended = await product.EndAsync(run.RunId);

        Failure failure = Failed(ended, kind);
        failure.Message.ShouldContain("simulator ");
        failure.Message.ShouldContain(what);
        failure.Message.ShouldContain("asked to ");
        failure.Remedy.ShouldNotBeNull().ShouldContain(remedy);
        product.JobsCreated().ShouldBe(jobs);
        ended.Candidates.Single(c => c.Record.Name == "linear").Record.Accuracy.ShouldNotBeNull("what needs no service goes on");
    }

    [Fact]
    public async Task A_service_that_answers_a_job_with_a_web_page_is_looked_through_before_anything_is_made_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "calls": [1], "action": "webPage" }, { "match": "POST /v1/files", "calls": [1], "action": "webPage" } ] }""");
        StartedRun run = await product.RunAsync("web-page", Reviews.Csv(120), One);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Failure?.ToString());
        product.JobsCreated().ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_answers_with_nothing_but_web_pages_is_named_with_its_setting()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(new HurryingClock(100));
        await product.FaultsAsync("""{ "rules": [ { "match": "* /v1/**", "action": "webPage" } ] }""");
        StartedRun run = await product.RunAsync("web-pages", Reviews.Csv(120), One);

        RunView ended = await product.EndAsync(run.RunId);

        Failure failure = Tuned(ended).Failure.ShouldNotBeNull();
        failure.Message.ShouldContain("simulator answers with a web page instead of JSON (asked to list the files)");
        failure.Remedy.ShouldNotBeNull().ShouldContain("Providers__simulator__BaseAddress");
        product.JobsCreated().ShouldBe(0);
        ended.Candidates.Single(c => c.Record.Name == "linear").Record.Accuracy.ShouldNotBeNull("what needs no service goes on");
    }

    [Theory]
    [InlineData("GET /v1/fine_tuning/jobs/*", "\"calls\": [1, 2, 3]")]
    [InlineData("GET /v1/fine_tuning/jobs/*", "\"probability\": 0.5")]
    [InlineData("GET /v1/fine_tuning/jobs/*/events", "\"probability\": 0.5")]
    [InlineData("GET /v1/files/*/content", "\"times\": 1")]
    [InlineData("POST /v1/chat/completions", "\"times\": 2")]
    public async Task What_a_service_does_not_show_yet_is_waited_for(string route, string when)
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        string action = route.StartsWith("POST", StringComparison.Ordinal) ? "notFound" : "notShown";
        await product.FaultsAsync($$"""{ "seed": 7, "rules": [ { "match": "{{route}}", {{when}}, "action": "{{action}}" } ] }""");
        StartedRun run = await product.RunAsync("not-shown", Reviews.Csv(120), One);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Failure?.ToString());
        Tuned(ended).Failure.ShouldBeNull();
        product.JobsCreated().ShouldBe(1);
    }

    [Fact]
    public async Task A_model_that_vanishes_between_quote_and_job_is_told_and_nothing_is_trained()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("vanishing", Reviews.Csv(120), One.Replace("\"approveAbove\": 50", "\"approveAbove\": 0.0000001", StringComparison.Ordinal));
        RunView waiting = await product.UntilAsync(run.RunId, v => v.NeedsApproval);
        waiting.Quote.ShouldNotBeNull();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "notFound" } ] }""");
        await product.Engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(true), TestContext.Current.CancellationToken);

        RunView ended = await product.EndAsync(run.RunId);

        Failed(ended, FailureKind.NotFound).Message.ShouldContain("model_not_found");
        product.JobsCreated().ShouldBe(0);
    }

    [Theory]
    [InlineData("{simulator}/nowhere/v1/")]
    [InlineData("{simulator}/api/")]
    public async Task A_base_address_of_nothing_or_of_another_service_ends_before_anything_is_paid(string address)
    {
        await using WholeProduct product = await WholeProduct.StartAsync(
            ("Providers:wrong:Profile", "openai"), ("Providers:wrong:Kind", "simulator"), ("Providers:wrong:BaseAddress", address), ("Providers:wrong:Key", "test"));
        StartedRun run = await product.RunAsync("wrong-address", Reviews.Csv(120), One.Replace("\"name\": \"gpt\"", "\"name\": \"gpt\", \"provider\": \"wrong\"", StringComparison.Ordinal));

        RunView ended = await product.EndAsync(run.RunId);

        Failure failure = Failed(ended, FailureKind.NotFound);
        failure.Message.ShouldContain("wrong ");
        failure.Remedy.ShouldNotBeNull().ShouldContain("Providers__wrong__BaseAddress");
        product.JobsCreated().ShouldBe(0);
    }

    [Fact]
    public async Task A_model_that_no_table_knows_is_refused_with_those_that_are_known()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("unknown", Reviews.Csv(120), One.Replace("gpt-4.1-mini", "marvel-9b", StringComparison.Ordinal));

        RunView ended = await product.EndAsync(run.RunId);

        Failure failure = ended.Failure.ShouldNotBeNull();
        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Field.ShouldBe("candidates[name=gpt].model");
        failure.Message.ShouldContain("marvel-9b");
        failure.Remedy.ShouldNotBeNull().ShouldContain("gpt-oss-20b");
        product.Ledger()["filesStored"]!.GetValue<int>().ShouldBe(0);
        product.JobsCreated().ShouldBe(0);
    }

    [Fact]
    public async Task A_service_that_can_be_asked_only_is_asked_and_refuses_to_train_before_anything_is_uploaded()
    {
        (string, string)[] mantle =
        [
            ("Providers:mantle:Profile", "bedrock-mantle"), ("Providers:mantle:Kind", "simulator"), ("Providers:mantle:BaseAddress", "{simulator}/as/bedrock-mantle/v1/"), ("Providers:mantle:Key", "test"),
        ];
        await using WholeProduct product = await WholeProduct.StartAsync(mantle);
        const string Asked = """
            { "candidates": [{ "name": "gpt", "kind": "prompt", "provider": "mantle", "model": "gpt-oss-20b" }], "baselines": [], "budget": { "approveAbove": 50 } }
            """;
        RunView asked = await product.EndAsync((await product.RunAsync("mantle-asked", Reviews.Csv(120), Asked)).RunId);
        JsonNode before = product.Ledger();
        RunView trained = await product.EndAsync((await product.RunAsync("mantle-trains", Reviews.Csv(120), Asked.Replace("\"kind\": \"prompt\", ", "", StringComparison.Ordinal))).RunId);

        asked.Failure.ShouldBeNull();
        asked.Candidates.Single().Record.Accuracy.ShouldNotBeNull();
        trained.Failure.ShouldNotBeNull().Message.ShouldContain("mantle");
        trained.Failure!.Remedy.ShouldNotBeNull();
        product.Ledger()["filesStored"]!.GetValue<int>().ShouldBe(before["filesStored"]!.GetValue<int>());
    }

    private static CandidateRecord Tuned(RunView ended) => ended.Candidates.Single(c => c.Record.Name == "gpt").Record;

    private static Failure Failed(RunView ended, FailureKind kind)
    {
        Failure failure = Tuned(ended).Failure.ShouldNotBeNull();
        failure.Kind.ShouldBe(kind, failure.ToString());
        return failure;
    }
}
