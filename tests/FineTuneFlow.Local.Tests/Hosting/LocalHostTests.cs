using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The host as a client sees it: everything over HTTP, storage and provider real.</summary>
public class LocalHostTests(HostFixture host) : IClassFixture<HostFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_uploaded_file_ends_in_a_report_and_sent_again_it_is_the_same_run()
    {
        string csv = HostFixture.Reviews(200);
        using HttpResponseMessage first = await host.UploadAsync("uploads", csv, HostFixture.Recipe);
        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        StartedRun started = await HostFixture.ReadAsync<StartedRun>(first);
        first.Headers.Location!.ToString().ShouldBe($"/api/runs/{started.RunId}");

        using HttpResponseMessage second = await host.UploadAsync("uploads", csv, HostFixture.Recipe);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await HostFixture.ReadAsync<StartedRun>(second)).ShouldBe(new StartedRun(started.RunId, false));

        RunView run = await host.UntilAsync(started.RunId, r => r.EndedAt is not null);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        run.Candidates.Select(c => c.Record.Name).ShouldBe(["one", "two", "linear"]);

        await ReportComesInEveryForm(started.RunId);
        await HistoryTellsEveryStep(started.RunId);
        await FilesAreGivenAndNothingElse(started.RunId);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("unauthorized", FailureKind.Unauthenticated)]
    [InlineData("insufficientQuota", FailureKind.QuotaExhausted)]
    [InlineData("forbidden", FailureKind.Forbidden)]
    public async Task A_provider_that_refuses_ends_the_run_with_its_reason_and_a_remedy(string fault, FailureKind kind)
    {
        await FaultAsync($$"""{ "match": "POST /v1/files", "action": "{{fault}}" }""");

        RunView run = await RunAsync($"refused-{kind}".ToLowerInvariant(), 100);

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Failure!.Kind.ShouldBe(kind);
        run.Failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("serverError")]
    [InlineData("rateLimit")]
    public async Task A_provider_that_is_in_trouble_for_a_moment_is_asked_again(string fault)
    {
        await FaultAsync($$"""{ "match": "POST /v1/files", "action": "{{fault}}", "calls": [1], "retryAfter": 1 }""");

        (await RunAsync($"trouble-{fault}".ToLowerInvariant(), 101)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_check_gives_profile_and_quote_and_starts_nothing()
    {
        using var form = new MultipartFormDataContent { { new StringContent(HostFixture.Reviews(100)), "file", "reviews.csv" } };

        using HttpResponseMessage response = await host.Http.PostAsync("datasets/check", form, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        answer["profile"]!["rows"]!["input"]!.GetValue<int>().ShouldBe(100);
        answer["quote"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_check_names_the_lines_of_texts_that_are_longer_than_a_candidates_window()
    {
        const string Recipe = """{ "candidates": [ { "name": "small", "provider": "simulator", "model": "babbage-002", "epochs": 1 } ] }""";
        string csv = HostFixture.Reviews(100) + new string('漢', 18_000) + ",1\n";
        using var form = new MultipartFormDataContent { { new StringContent(Recipe), "recipe" }, { new StringContent(csv), "file", "reviews.csv" } };

        using HttpResponseMessage response = await host.Http.PostAsync("datasets/check", form, Cancellation);

        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        JsonNode finding = answer["profile"]!["findings"]!.AsArray().Single(one => (string?)one!["code"] == "longer-than-window")!;
        finding["lines"]!.AsArray().Select(line => (int)line!).ShouldBe([102]);
        answer["quote"]!["candidates"]![0]!["notes"]!.ToJsonString().ShouldContain("16,384");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_about_the_file_is_shown_by_a_check_and_stops_a_run_until_the_recipe_answers_it()
    {
        string csv = "review,service,food\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"some words about number {i},{(i % 2 == 0 ? "good" : "bad")},{(i % 3 == 0 ? "good" : "bad")}\n"));
        using var form = new MultipartFormDataContent { { new StringContent(csv), "file", "reviews.csv" } };
        using HttpResponseMessage check = await host.Http.PostAsync("datasets/check", form, Cancellation);
        JsonNode answer = JsonNode.Parse(await check.Content.ReadAsStringAsync(Cancellation))!;
        answer["profile"]!["findings"]!.AsArray().Select(finding => (string?)finding!["answeredBy"]).ShouldContain("dataset.label");

        using HttpResponseMessage asked = await host.UploadAsync("asked", csv, HostFixture.Recipe);
        RunView stopped = await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(asked)).RunId, r => r.EndedAt is not null);
        (stopped.Outcome, stopped.Failure!.Kind, stopped.Failure.Field).ShouldBe((RunOutcome.Failed, FailureKind.InvalidInput, "dataset.label"));

        JsonNode recipe = JsonNode.Parse(HostFixture.Recipe)!;
        recipe["dataset"] = new JsonObject { ["label"] = "food" };
        using HttpResponseMessage answered = await host.UploadAsync("asked", csv, recipe.ToJsonString());
        RunView run = await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(answered)).RunId, r => r.EndedAt is not null);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_recipe_cannot_raise_what_the_host_allows_to_read_in_a_check_or_a_run()
    {
        string csv = HostFixture.Reviews(HostFixture.MostRows + 1);
        JsonNode recipe = JsonNode.Parse(HostFixture.Recipe)!;
        recipe["dataset"] = new JsonObject { ["limits"] = new JsonObject { ["rows"] = 1_000_000 } };
        using var form = new MultipartFormDataContent { { new StringContent(recipe.ToJsonString()), "recipe" }, { new StringContent(csv), "file", "reviews.csv" } };

        JsonNode problem = await HostFixture.ProblemAsync(host.Http.PostAsync("datasets/check", form, Cancellation));
        problem["field"]!.GetValue<string>().ShouldBe("Limits__Rows");
        problem.ToJsonString().ShouldContain("20,000 rows, the most that this host allows");

        using HttpResponseMessage dropped = await host.UploadAsync("capped", csv, recipe.ToJsonString());
        RunView run = await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(dropped)).RunId, r => r.EndedAt is not null);
        (run.Outcome, run.Failure!.Kind, run.Failure.Field).ShouldBe((RunOutcome.Failed, FailureKind.InvalidInput, "Limits__Rows"));
    }

    [Fact]
    public async Task The_projection_follows_volume_and_growth()
    {
        JsonNode answer = JsonNode.Parse(await host.Http.GetStringAsync("costs/projection?volume=1000&growth=0&days=2", Cancellation))!;

        answer["days"]!.AsArray().Count.ShouldBe(2);
        answer["options"]!.AsArray().Count.ShouldBe(5);
        (await HostFixture.ProblemAsync(host.Http.GetAsync("costs/projection?days=0", Cancellation)))["field"]!.GetValue<string>().ShouldBe("days");
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_told_by_field()
    {
        (await HostFixture.ProblemAsync(host.Http.GetAsync("runs/none", Cancellation)))["kind"]!.GetValue<string>().ShouldBe("notFound");
        (await HostFixture.ProblemAsync(host.Http.GetAsync("nothing", Cancellation)))["status"]!.GetValue<int>().ShouldBe(404);
        (await HostFixture.ProblemAsync(host.Http.DeleteAsync("runs", Cancellation)))["status"]!.GetValue<int>().ShouldBe(405);
        (await HostFixture.ProblemAsync(host.Http.GetAsync("runs?top=0", Cancellation)))["field"]!.GetValue<string>().ShouldBe("top");
        (await HostFixture.ProblemAsync(host.UploadAsync("Not A Name", "a,b\n", null)))["field"]!.GetValue<string>().ShouldBe("project");
        JsonNode recipe = await HostFixture.ProblemAsync(host.UploadAsync("p", "a,b\n", """{ "candidats": [] }"""));
        recipe["title"]!.GetValue<string>().ShouldContain("candidats");
        (await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync("runs", new { project = "p", drop = "drops/other/x.csv" }, Cancellation)))["field"]!
            .GetValue<string>().ShouldBe("drop");
    }

    [Fact]
    public async Task A_recipe_is_changed_only_by_who_has_seen_the_last_one()
    {
        using var recipe = new StringContent("{}", Encoding.UTF8, "application/json");
        using HttpResponseMessage first = await host.Http.PutAsync("projects/guarded/recipe", recipe, Cancellation);
        string etag = first.Headers.GetValues("ETag").Single();

        (await PutIfAsync(etag)).ShouldBe(HttpStatusCode.OK);
        (await PutIfAsync(etag)).ShouldBe(HttpStatusCode.Conflict);

        async Task<HttpStatusCode> PutIfAsync(string seen)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "projects/guarded/recipe") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("If-Match", seen);
            using HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_foreign_page_can_change_nothing_and_a_foreign_name_reads_nothing()
    {
        using var page = new HttpRequestMessage(HttpMethod.Post, "runs") { Content = new StringContent("{}") };
        page.Headers.Add("Origin", "https://evil.example");
        (await host.Http.SendAsync(page, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "runs");
        rebound.Headers.Host = "evil.example";
        (await host.Http.SendAsync(rebound, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task FaultAsync(string rule)
    {
        using var plan = new StringContent($"{{ \"rules\": [ {rule} ] }}", Encoding.UTF8, "application/json");
        using HttpResponseMessage put = await host.Simulator.PutAsync("/simulator/faults", plan, Cancellation);
        put.EnsureSuccessStatusCode();
    }

    /// <summary>A run from file to end; whatever faults were planned are over then.</summary>
    private async Task<RunView> RunAsync(string project, int rows)
    {
        try
        {
            using HttpResponseMessage sent = await host.UploadAsync(project, HostFixture.Reviews(rows), HostFixture.Recipe);
            return await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(sent)).RunId, r => r.EndedAt is not null);
        }
        finally
        {
            using HttpResponseMessage ended = await host.Simulator.DeleteAsync("/simulator/faults", Cancellation);
        }
    }

    private async Task ReportComesInEveryForm(string runId)
    {
        foreach ((string accept, string begins) in new[] { ("application/json", "{"), ("text/markdown", "#"), ("text/html", "<!") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"runs/{runId}/report");
            request.Headers.Add("Accept", accept);
            using HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, accept);
            response.Content.Headers.ContentType!.MediaType.ShouldBe(accept);
            (await response.Content.ReadAsStringAsync(Cancellation)).ShouldStartWith(begins, Case.Insensitive);
        }

        RunReport report = ReportJson.Read(await host.Http.GetStringAsync($"runs/{runId}/report", Cancellation));
        report.Candidates.Length.ShouldBe(3);
    }

    private async Task HistoryTellsEveryStep(string runId)
    {
        using HttpResponseMessage response = await host.Http.GetAsync($"runs/{runId}/history", Cancellation);
        RunHistory history = await HostFixture.ReadAsync<RunHistory>(response);

        string[] done = [.. history.Steps.Where(s => s.Event.Kind == HistoryKind.ActivityCompleted).Select(s => s.Event.Name!)];
        done.ShouldContain("PrepareDataset");
        done.Count(name => name == "SubmitJob").ShouldBe(2);
        done.ShouldContain("Compare");
        history.Steps.Select(s => s.Event.At).ShouldBeInOrder();
        history.Steps.Where(s => s.Event.Kind == HistoryKind.ActivityCompleted).ShouldAllBe(s => s.Took >= TimeSpan.Zero);
    }

    private async Task FilesAreGivenAndNothingElse(string runId)
    {
        using HttpResponseMessage listed = await host.Http.GetAsync($"runs/{runId}/artifacts", Cancellation);
        ArtifactList files = await HostFixture.ReadAsync<ArtifactList>(listed);
        files.Files.Select(f => f.Path).ShouldContain("run.json");
        files.Files.Select(f => f.Path).ShouldContain("dataset/rejects.csv");
        (await host.Http.GetStringAsync($"runs/{runId}/artifacts/run.json", Cancellation)).ShouldContain(runId);
        (await HostFixture.ProblemAsync(host.Http.GetAsync($"runs/{runId}/artifacts/a%5C..%5Cb", Cancellation)))["kind"]!
            .GetValue<string>().ShouldBe("invalidInput");
        (await HostFixture.ProblemAsync(host.Http.GetAsync($"runs/{runId}/artifacts/none.txt", Cancellation)))["kind"]!.GetValue<string>().ShouldBe("notFound");
    }
}
