using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>What people say of a champion's answers, as it is told, listed, amended and taken back over HTTP.</summary>
public class FeedbackTests(HostFixture host) : IClassFixture<HostFixture>
{
    private const string LinearAlone = """{ "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Feedback_is_kept_listed_amended_and_taken_back()
    {
        await ChampionAsync("said");
        const string Text = "the app is excellent, perfect and unheard of";

        JsonNode first = await SaidAsync("said", new { text = Text, label = "4", by = "ann" });
        JsonNode second = await SaidAsync("said", new { text = "the app is bad, slow and unheard of", label = "2", predicted = "3", version = 1 });

        // A model of ours is asked what it would have said; whoever gives its answer is believed.
        (first["feedback"]!["predicted"]!.GetValue<string>(), first["feedback"]!["version"]!.GetValue<int>()).ShouldBe(("5", 1));
        (second["feedback"]!["predicted"]!.GetValue<string>(), first["judges"]!.GetValue<bool>()).ShouldBe(("3", false));
        string[] ids = [Id(second), Id(first)];
        (await ListAsync("said")).Select(Id).ShouldBe(ids, ignoreOrder: true);
        JsonNode amended = await AmendedAsync("said", ids[1], "5");
        amended["feedback"]!["label"]!.GetValue<string>().ShouldBe("5");
        (amended["feedback"]!["before"]![0]!["label"]!.GetValue<string>(), amended["feedback"]!["before"]![0]!["by"]!.GetValue<string>()).ShouldBe(("4", "ann"));
        (await SaidAsync("said", new { text = Text, label = "5" }))["id"]!.GetValue<string>().ShouldBe(ids[1], "the same text said again is the same feedback");

        using HttpResponseMessage taken = await host.Http.DeleteAsync($"projects/said/feedback/{ids[1]}", Cancellation);

        taken.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync("said")).Select(Id).ShouldBe([ids[0]]);
        foreach (string unknown in new[] { ids[1], "nothing", new string('a', 200) })
        {
            JsonNode again = await HostFixture.ProblemAsync(host.Http.DeleteAsync($"projects/said/feedback/{unknown}", Cancellation));
            again["status"]!.GetValue<int>().ShouldBe(404);
            again.ToJsonString().ShouldContain("ftf feedback said");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_label_or_project_is_refused_with_the_nearest_and_nothing_is_kept()
    {
        await ChampionAsync("strict");

        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "55" }, 400, "none of the project's labels", "Did you mean");
        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "excellent" }, 400, "1, 2, 3, 4, 5");
        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "5", predicted = "7" }, 400, "none of the project's labels");
        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "5", predicted = "7" }, 400, "predicted");
        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "5", version = -5 }, 404, "no version -5");
        await RefusedAsync("projects/strict/feedback", new { text = "a text", label = "5", predicted = "4", version = 2 }, 404, "no version 2", "ftf models strict");
        await RefusedAsync("projects/strict/feedback", new { text = " ", label = "5" }, 400, "1 to 100,000");
        await RefusedAsync("projects/strict/feedback", new { text = "\u200b\u2060\ufeff \n", label = "5" }, 400, "0 of them visible");
        await RefusedAsync("projects/strict/feedback", new { text = "a text" }, 400, "label");
        await RefusedAsync("projects/strct/feedback", new { text = "a text", label = "5" }, 404, "There is no project strct", "Did you mean strict?");
        await RefusedAsync("projects/NOT A NAME/feedback", new { text = "a text", label = "5" }, 400, "project");
        JsonNode listed = await HostFixture.ProblemAsync(host.Http.GetAsync("projects/strct/feedback", Cancellation));

        listed["status"]!.GetValue<int>().ShouldBe(404);
        (await ListAsync("strict")).ShouldBeEmpty();
        JsonNode kept = await SaidAsync("strict", new { text = "a text", label = "5" });
        using HttpResponseMessage amended = await host.Http.PutAsJsonAsync($"projects/strict/feedback/{Id(kept)}", new { label = "fine" }, Cancellation);
        amended.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ListAsync("strict")).Single()["feedback"]!["label"]!.GetValue<string>().ShouldBe("5");
    }

    private static string Id(JsonNode kept) => kept["id"]!.GetValue<string>();

    private async Task ChampionAsync(string project)
    {
        using HttpResponseMessage answer = await host.UploadAsync(project, HostFixture.Reviews(240), LinearAlone);
        StartedRun started = await HostFixture.ReadAsync<StartedRun>(answer);
        RunView run = await host.UntilAsync(started.RunId, run => run.EndedAt is not null);
        run.Promoted.ShouldBe("linear", run.Verdict);
    }

    private async Task<JsonNode[]> ListAsync(string project) =>
        [.. (await host.Http.GetFromJsonAsync<JsonNode>($"projects/{project}/feedback", Cancellation))!["feedback"]!.AsArray().Select(kept => kept!)];

    private async Task<JsonNode> SaidAsync(string project, object body) => await OkAsync(await host.Http.PostAsJsonAsync($"projects/{project}/feedback", body, Cancellation));

    private async Task<JsonNode> AmendedAsync(string project, string id, string label) =>
        await OkAsync(await host.Http.PutAsJsonAsync($"projects/{project}/feedback/{id}", new { label }, Cancellation));

    private static async Task<JsonNode> OkAsync(HttpResponseMessage answer)
    {
        using HttpResponseMessage read = answer;
        string text = await read.Content.ReadAsStringAsync(Cancellation);
        read.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(string route, object body, int status, params string[] parts)
    {
        JsonNode problem = await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync(route, body, Cancellation));
        problem["status"]!.GetValue<int>().ShouldBe(status, problem.ToJsonString());
        string told = string.Join('\n', problem.AsObject().Select(pair => pair.Value?.ToString()));
        foreach (string part in parts)
        {
            told.ShouldContain(part);
        }
    }
}
