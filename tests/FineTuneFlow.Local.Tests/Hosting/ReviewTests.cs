using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Api.Review;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The queue of rows to look at, decisions about the holdout, and what the pages of projects and of the system show.</summary>
public sealed class ReviewTests(HostFixture host) : IClassFixture<HostFixture>
{
    private const string Stable = """{ "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Feedback_against_a_label_stands_first_and_nearly_equal_texts_once_until_it_is_settled()
    {
        string runId = await EndedAsync("queued", HostFixture.Reviews(300));
        DatasetPage train = await Get<DatasetPage>($"runs/{runId}/dataset?top=1&label=1");
        DatasetRow row = train.Rows.Single();
        (await Get<ReviewPage>($"runs/{runId}/review?source=feedback")).Total.ShouldBe(0);
        await OkAsync(host.Http.PostAsJsonAsync("projects/queued/feedback", new { text = row.Text, label = "4", by = "ann" }, Cancellation));

        ReviewPage page = await Get<ReviewPage>($"runs/{runId}/review");

        page.Rows[0].Id.ShouldBe(row.Id);
        (page.Rows[0].Why, page.Rows[0].Split, page.Rows[0].Label).ShouldBe((ReviewReason.Feedback, Split.Train, "1"));
        (page.Rows[0].Says.Single().Name, page.Rows[0].Says.Single().Label).ShouldBe(("ann", "4"));
        page.Rows.Select(one => one.Id).ShouldBeUnique();
        // Made-up reviews differ in two words and a number: many are nearly the same.
        page.Alike.ShouldBeGreaterThan(0);
        page.Rows.SelectMany(one => one.Alike).ShouldBeUnique();
        page.Rows.SelectMany(one => one.Alike).Intersect(page.Rows.Select(one => one.Id)).ShouldBeEmpty();
        ReviewPage first = await Get<ReviewPage>($"runs/{runId}/review?top=1");
        (first.Rows.Length, first.Continuation).ShouldBe((1, "1"));

        await CorrectAsync(runId, row.Id, "1");
        (await Get<ReviewPage>($"runs/{runId}/review?source=feedback")).Total.ShouldBe(0, "that the label is right was decided later");
        (await HostFixture.ProblemAsync(host.Http.GetAsync($"runs/{runId}/review?source=everything", Cancellation)))["remedy"]!.GetValue<string>().ShouldContain("disagree");
    }

    [Fact(Timeout = 180_000)]
    public async Task The_holdout_changes_by_a_decision_alone_and_the_report_says_so()
    {
        string runId = await EndedAsync("exam", HostFixture.Reviews(300));
        DatasetRow judged = (await Get<DatasetPage>($"runs/{runId}/dataset?split=test&top=1&label=2")).Rows.Single();
        await CorrectAsync(runId, judged.Id, "5");
        string before = await RerunAsync(runId);
        (await LabelOfAsync(before, judged.Text)).ShouldBe("2", "a correction alone changes no row that judges");
        Report(await ReportAsync(before), "holdout-changed").ShouldBeNull();

        (await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync("projects/exam/holdout", new { runId, by = "Ana" }, Cancellation)))["field"]!.GetValue<string>().ShouldBe("reason");
        (await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync("projects/other/holdout", new { runId, by = "Ana", reason = "x" }, Cancellation)))["field"]!.GetValue<string>().ShouldBe("runId");
        HoldoutDecision decision = await OkAsync<HoldoutDecision>(
            host.Http.PostAsJsonAsync("projects/exam/holdout", new { runId, by = "Ana", reason = "a slip of the keyboard" }, Cancellation));

        decision.Labels.Single().Value.ShouldBe(new DecidedLabel("5", "2"));
        string after = await RerunAsync(runId);
        (await LabelOfAsync(after, judged.Text)).ShouldBe("5");
        Remark told = Report(await ReportAsync(after), "holdout-changed").ShouldNotBeNull();
        told.Message.ShouldContain("label of 1 row");
        told.Message.ShouldContain("Ana");
        told.Message.ShouldContain("a slip of the keyboard");
        (await host.Http.GetStringAsync($"runs/{after}/report?format=html", Cancellation)).ShouldContain("a slip of the keyboard");
        (await LabelOfAsync(runId, judged.Text)).ShouldBe("2", "what was judged before stays as it was");
        (await Get<HoldoutList>("projects/exam/holdout")).Decisions.Single().Id.ShouldBe(decision.Id);
        (await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync("projects/exam/holdout", new { runId, by = "Ana", reason = "again" }, Cancellation)))["title"]!.GetValue<string>()
            .ShouldContain("not decided on yet");

        using HttpResponseMessage taken = await host.Http.DeleteAsync($"projects/exam/holdout/{decision.Id}", Cancellation);
        taken.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await LabelOfAsync(await RerunAsync(runId), judged.Text)).ShouldBe("2");
        (await HostFixture.ProblemAsync(host.Http.DeleteAsync($"projects/exam/holdout/{decision.Id}", Cancellation)))["status"]!.GetValue<int>().ShouldBe(404);
    }

    [Fact(Timeout = 120_000)]
    public async Task Versions_are_set_beside_each_other_on_the_rows_that_judged_all_of_them()
    {
        string small = await EndedAsync("grown", HostFixture.Reviews(300));
        string large = await EndedAsync("grown", HostFixture.Reviews(600));
        await OkAsync(host.Http.PostAsJsonAsync("projects/grown/models/promote", new { runId = large, candidate = "linear", by = "Ana" }, Cancellation));

        TrendView trend = await Get<TrendView>("projects/grown/trend");

        trend.Versions.Select(one => one.RunId).ShouldBe([small, large]);
        string[] common = [.. (await RowsAsync(small)).Keys.Intersect((await RowsAsync(large)).Keys)];
        trend.CommonRows.ShouldBe(common.Length);
        common.Length.ShouldBeGreaterThan(30);
        foreach (TrendPoint point in trend.Versions)
        {
            Dictionary<string, RowView> rows = await RowsAsync(point.RunId);
            point.Rows.ShouldBe(rows.Count);
            point.CommonAccuracy!.Value.ShouldBe((double)common.Count(id => rows[id].First.Label == rows[id].Label) / common.Length, 1e-12);
            point.CommonAccuracy.Value.ShouldBeInRange(point.Low!.Value, point.High!.Value);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Providers_and_how_long_their_models_last_are_listed()
    {
        ProviderList list = await Get<ProviderList>("providers");

        ProviderView simulator = list.Providers.Single();
        (simulator.Name, simulator.IsDefault, simulator.Simulated).ShouldBe(("simulator", true, true));
        simulator.Models.ShouldNotBeEmpty();
        simulator.Models.Select(model => model.DaysLeft ?? int.MaxValue).ShouldBeInOrder();
    }

    [Fact(Timeout = 60_000)]
    public async Task Everything_wrong_with_a_recipe_is_told_with_its_place_and_nothing_is_kept()
    {
        using var wrong = new StringContent("{\n  \"dataset\": { \"lable\": \"stars\" },\n  \"budget\": { \"usd\": -1 }\n}");
        RecipeCheck check = await OkAsync<RecipeCheck>(host.Http.PostAsync("recipes/check", wrong, Cancellation));

        check.Valid.ShouldBeFalse();
        check.Problems.Select(one => one.Location!.Line).ShouldBe([2, 3]);
        check.Problems[0].Remedy!.ShouldContain("label");
        using var right = new StringContent(Stable);
        (await OkAsync<RecipeCheck>(host.Http.PostAsync("recipes/check", right, Cancellation))).Valid.ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_run_of_which_a_step_is_tried_again_is_found_by_that()
    {
        using var fault = new StringContent(
            """{ "rules": [ { "match": "POST /v1/files", "action": "unavailable" } ] }""", System.Text.Encoding.UTF8, "application/json");
        (await host.Simulator.PutAsync("/simulator/faults", fault, Cancellation)).EnsureSuccessStatusCode();
        using HttpResponseMessage uploaded = await host.UploadAsync("stubborn", HostFixture.Reviews(200), HostFixture.Recipe);
        string runId = (await HostFixture.ReadAsync<StartedRun>(uploaded)).RunId;
        RunView run = await host.UntilAsync(runId, one => one.IsRetrying || one.EndedAt is not null);

        run.IsRetrying.ShouldBeTrue(run.Failure?.ToString());
        (await Get<RunList>("runs?waiting=retrying")).Runs.Select(one => one.RunId).ShouldBe([runId]);
        using HttpResponseMessage before = await host.Http.GetAsync($"runs/{runId}/history", Cancellation);
        await OkAsync(host.Http.PostAsJsonAsync($"runs/{runId}/cancel", new { by = "Ana" }, Cancellation));
        await host.UntilAsync(runId, one => one.EndedAt is not null);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"runs/{runId}/history");
        again.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using HttpResponseMessage after = await host.Http.SendAsync(again, Cancellation);
        after.StatusCode.ShouldBe(HttpStatusCode.OK, "its history has gone on");
        (await Get<RunList>("runs?waiting=retrying")).Runs.ShouldBeEmpty();
        using var none = new StringContent("""{ "rules": [] }""", System.Text.Encoding.UTF8, "application/json");
        (await host.Simulator.PutAsync("/simulator/faults", none, Cancellation)).EnsureSuccessStatusCode();
    }

    private async Task<string> EndedAsync(string project, string csv)
    {
        using HttpResponseMessage answer = await host.UploadAsync(project, csv, Stable);
        string runId = (await HostFixture.ReadAsync<StartedRun>(answer)).RunId;
        RunView run = await host.UntilAsync(runId, one => one.EndedAt is not null);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        return runId;
    }

    private async Task<string> RerunAsync(string runId)
    {
        string again = (await OkAsync<StartedRun>(host.Http.PostAsync($"runs/{runId}/rerun", null, Cancellation))).RunId;
        await host.UntilAsync(again, one => one.EndedAt is not null);
        return again;
    }

    private async Task<RunReport> ReportAsync(string runId) => ReportJson.Read(await host.Http.GetStringAsync($"runs/{runId}/report", Cancellation));

    private static Remark? Report(RunReport report, string code) => report.Findings.FirstOrDefault(remark => remark.Code == code);

    private async Task<string> LabelOfAsync(string runId, string text) => (await RowsAsync(runId)).Values.Single(row => row.Text == text).Label;

    private async Task<Dictionary<string, RowView>> RowsAsync(string runId) =>
        (await Get<RowList>($"runs/{runId}/rows?first=linear&top=500")).Rows.ToDictionary(row => row.Id);

    private async Task CorrectAsync(string runId, string row, string label) =>
        await OkAsync(host.Http.PostAsJsonAsync($"runs/{runId}/corrections", new CorrectionRequest(row, label, "Ana"), Cancellation));

    private async Task<T> Get<T>(string address) => await OkAsync<T>(host.Http.GetAsync(address, Cancellation));

    private static async Task OkAsync(Task<HttpResponseMessage> asked) => await OkAsync<JsonNode>(asked);

    private static async Task<T> OkAsync<T>(Task<HttpResponseMessage> asked)
    {
        using HttpResponseMessage answer = await asked;
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<T>(FlowJson.Compact, Cancellation))!;
    }
}
