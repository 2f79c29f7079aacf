using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>A champion as its callers see it.</summary>
public class ServingTests(HostFixture host) : IClassFixture<HostFixture>
{
    private const string LinearAlone = """{ "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_champion_answers_a_text_and_a_list_with_version_latency_and_cost()
    {
        await ChampionAsync("answers", 300);

        JsonNode one = await PredictAsync("answers", new { text = "the app is excellent, perfect" });
        JsonNode list = await PredictAsync("answers", new { texts = new[] { "the app is terrible, awful", "the app is excellent, perfect" } });
        JsonNode kept = await PredictAsync("answers", new { text = "the app is excellent, perfect", key = "one" });

        one["label"]!.GetValue<string>().ShouldBe("5");
        one["version"]!.GetValue<int>().ShouldBe(1);
        kept["label"]!.GetValue<string>().ShouldBe("5");
        one["costUsd"]!.GetValue<double>().ShouldBe(0);
        one["latencyMs"]!.GetValue<double>().ShouldBeGreaterThan(0);
        one["probabilities"]!.AsObject().Sum(pair => pair.Value!.GetValue<double>()).ShouldBe(1, 1e-6);
        list["answers"]!.AsArray().Select(answer => answer!["label"]!.GetValue<string>()).ShouldBe(["1", "5"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_wrong_with_a_question_is_told()
    {
        await ChampionAsync("wrong", 200);

        (await RefusedAsync("projects/nobody/predict", new { text = "a" }, HttpStatusCode.NotFound)).ShouldContain("has no champion");
        (await RefusedAsync("projects/wrong/predict", new { }, HttpStatusCode.BadRequest)).ShouldContain("neither a text nor texts");
        (await RefusedAsync("projects/wrong/predict", new { text = "a", texts = new[] { "b" } }, HttpStatusCode.BadRequest)).ShouldContain("or both");
        (await RefusedAsync("projects/wrong/predict", new { texts = new[] { "b", "  " } }, HttpStatusCode.BadRequest)).ShouldContain("texts[1]");
        (await RefusedAsync("projects/wrong/predict", new { texts = Array.Empty<string>() }, HttpStatusCode.BadRequest)).ShouldContain("1 to 10,000");
        (await RefusedAsync("projects/wrong/predict", new { text = "a", version = "newest" }, HttpStatusCode.BadRequest)).ShouldContain("names no version");
        (await RefusedAsync("projects/wrong/predict", new { text = "a", version = "7" }, HttpStatusCode.NotFound)).ShouldContain("has no version 7");
        (await RefusedAsync("projects/wrong/predict", new { text = "a", version = "challenger" }, HttpStatusCode.NotFound)).ShouldContain("It has 1");
    }

    [Fact(Timeout = 120_000)]
    public async Task Completions_are_streamed_to_whoever_asks_for_it()
    {
        await ChampionAsync("streamed", 300);

        using HttpResponseMessage answer = await host.Http.PostAsJsonAsync(
            "v1/completions", new { model = "streamed", prompt = new[] { "the app is terrible, awful", "the app is excellent, perfect" }, stream = true }, Cancellation);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        string[] pieces = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        pieces[^1].ShouldBe("data: [DONE]");
        JsonNode[] choices = [.. pieces[..^1].Select(piece => JsonNode.Parse(piece["data: ".Length..])!["choices"]![0]!)];
        choices.Select(choice => (choice["index"]!.GetValue<int>(), choice["text"]!.GetValue<string>(), choice["finish_reason"]!.GetValue<string>())).ShouldBe([(0, "1", "stop"), (1, "5", "stop")]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("v1/chat/completions", """{ "model": "a", "messages": [{ "role": "user", "content": "x" }], "model": "b" }""", "the property model stands there twice")]
    [InlineData("v1/completions", """{ "model": "a", "prompt": "x", "logit_bias": { "1": 1, "1": 2 } }""", "the property 1 stands there twice")]
    [InlineData("v1/completions", """{ "model": "\ud83d", "prompt": "x" }""", "half a surrogate pair")]
    [InlineData("v1/completions", """{ "model": """, "the body is not JSON")]
    [InlineData("v1/completions", "[]", "the body is not a JSON object")]
    public async Task A_body_in_OpenAIs_form_that_cannot_be_read_is_an_error_of_the_caller(string route, string body, string told)
    {
        using HttpResponseMessage answer = await host.Http.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["error"]!;
        error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        error["message"]!.GetValue<string>().ShouldContain(told);
    }

    [Fact(Timeout = 120_000)]
    public async Task Weights_share_the_traffic_the_same_caller_keeps_its_version_and_zero_is_the_way_back()
    {
        string first = await ChampionAsync("weighted", 240);
        string second = (await EndedAsync("weighted", 260)).RunId;
        await PostAsync("projects/weighted/models/promote", new { runId = second, candidate = "linear", reason = "more rows" });
        string[] texts = [.. Enumerable.Range(0, 1000).Select(i => $"the app is good number {i}")];

        await PutWeightsAsync("weighted", """{ "champion": 70, "previous": 30 }""");
        int[] versions = await VersionsAsync("weighted", texts, null);
        versions.Count(version => version == 1).ShouldBeInRange(250, 350);
        (await VersionsAsync("weighted", texts, null)).ShouldBe(versions);
        (await VersionsAsync("weighted", texts[..20], "ann")).Distinct().Count().ShouldBe(1);

        await PutWeightsAsync("weighted", """{ "champion": 0, "previous": 100 }""");
        (await VersionsAsync("weighted", texts[..50], null)).ShouldAllBe(version => version == 1);

        using HttpResponseMessage wrong = await PutRecipeAsync("weighted", LinearAlone[..^1] + """, "serving": { "weights": { "champion": 70, "previous": 20 } } }""");
        (await wrong.Content.ReadAsStringAsync(Cancellation)).ShouldContain("add up to 90");
        first.ShouldNotBe(second);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_shadow_is_asked_beside_is_never_answered_with_and_its_agreement_is_counted()
    {
        await ChampionAsync("shadowed", 240);
        string second = (await EndedAsync("shadowed", 260)).RunId;
        await PostAsync("projects/shadowed/models/promote", new { runId = second, candidate = "linear", reason = "more rows" });
        using (HttpResponseMessage put = await PutRecipeAsync("shadowed", LinearAlone[..^1] + """, "serving": { "shadow": "previous" } }"""))
        {
            put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync(Cancellation));
        }

        string[] texts = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"the app is excellent, perfect {i}" : $"the app is terrible, awful {i}")];
        int[] versions = await VersionsAsync("shadowed", texts, null);
        // Asked by name it has no shadow.
        await PredictAsync("shadowed", new { texts = texts[..5], version = "champion" });

        versions.ShouldAllBe(version => version == 2);
        // Nobody waits for a shadow: its counts come a little later.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        (long Shadowed, long Agreed) counts;
        while ((counts = await ShadowedAsync("shadowed")).Shadowed < texts.Length)
        {
            await timer.WaitForNextTickAsync(Cancellation);
        }

        counts.ShouldBe((40, 40));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_official_client_library_asks_a_champion_by_base_address_and_project()
    {
        await ChampionAsync("official", 300);

        JsonNode told = await NodeAsync("champion.mjs", new Uri(host.Http.BaseAddress!, "v1").ToString(), "official");

        JsonNode choice = told["chat"]!["choices"]![0]!;
        choice["message"]!["content"]!.GetValue<string>().ShouldBe("5");
        choice["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        JsonNode token = choice["logprobs"]!["content"]![0]!;
        token["token"]!.GetValue<string>().ShouldBe("5");
        token["logprob"]!.GetValue<double>().ShouldBeInRange(-1, 0);
        token["top_logprobs"]!.AsArray().Count.ShouldBe(3);
        told["chat"]!["model"]!.GetValue<string>().ShouldBe("official@1");
        told["chat"]!["usage"]!["total_tokens"]!.GetValue<int>().ShouldBeGreaterThan(3);
        told["streamed"]!.GetValue<string>().ShouldBe("1");
        JsonArray completions = told["completion"]!["choices"]!.AsArray();
        completions.Select(one => one!["text"]!.GetValue<string>()).ShouldBe(["1", "4"]);
        completions[0]!["logprobs"]!["top_logprobs"]![0]!.AsObject().Sum(pair => Math.Exp(pair.Value!.GetValue<double>())).ShouldBe(1, 0.001);
        // Other tests' projects are on this host as well.
        string[] models = [.. told["models"]!.AsArray().Select(model => model!.GetValue<string>())];
        models.ShouldContain("official");
        models.ShouldContain("official@1");
        models.ShouldNotContain("official@2");
        (told["unknownProject"]!["name"]!.GetValue<string>(), told["unknownProject"]!["status"]!.GetValue<int>(), told["unknownProject"]!["code"]!.GetValue<string>()).ShouldBe(("NotFoundError", 404, "model_not_found"));
        told["unknownVersion"]!["message"]!.GetValue<string>().ShouldContain("has no version 99");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_champion_that_is_deleted_at_its_provider_is_answered_410_with_the_reason_on_every_route()
    {
        const string Recipe = """
            { "candidates": [{ "name": "one", "provider": "simulator", "model": "gpt-3.5-turbo", "epochs": 1 }], "baselines": [],
              "promotion": { "requireSignificance": false }, "budget": { "approveAbove": 50 } }
            """;
        using HttpResponseMessage answer = await host.UploadAsync("deleted", HostFixture.Reviews(300), Recipe);
        RunView run = await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(answer)).RunId, view => view.EndedAt is not null);
        run.Promoted.ShouldBe("one", run.Verdict);
        (await PredictAsync("deleted", new { text = "the app is excellent, perfect" }))["label"]!.GetValue<string>().ShouldBe("5");
        JsonNode versions = JsonNode.Parse(await host.Http.GetStringAsync("projects/deleted/models", Cancellation))!;
        string model = versions["versions"]![0]!["model"]!.GetValue<string>();
        (await host.Simulator.DeleteAsync($"/v1/models/{model}", Cancellation)).EnsureSuccessStatusCode();

        foreach ((string route, object body) in new (string, object)[]
        {
            ("projects/deleted/predict", new { text = "the app is excellent, perfect" }),
            ("projects/deleted/predict", new { texts = new[] { "the app is excellent" }, key = "a-key" }),
            ("v1/chat/completions", new { model = "deleted", messages = new[] { new { role = "user", content = "the app is excellent" } } }),
            ("v1/completions", new { model = "deleted@1", prompt = "the app is excellent" }),
        })
        {
            string told = await RefusedAsync(route, body, HttpStatusCode.Gone);
            told.ShouldContain("can no longer be asked", Case.Sensitive, route);
            told.ShouldContain(model, Case.Sensitive, route);
        }
    }

    private async Task<string> ChampionAsync(string project, int rows)
    {
        RunView run = await EndedAsync(project, rows);
        run.Promoted.ShouldBe("linear", run.Verdict);
        return run.RunId;
    }

    private async Task<RunView> EndedAsync(string project, int rows)
    {
        using HttpResponseMessage answer = await host.UploadAsync(project, HostFixture.Reviews(rows), LinearAlone);
        StartedRun started = await HostFixture.ReadAsync<StartedRun>(answer);
        return await host.UntilAsync(started.RunId, run => run.EndedAt is not null);
    }

    private async Task<JsonNode> PredictAsync(string project, object body) => await PostAsync($"projects/{project}/predict", body);

    private async Task<JsonNode> PostAsync(string route, object body)
    {
        using HttpResponseMessage answer = await host.Http.PostAsJsonAsync(route, body, Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<string> RefusedAsync(string route, object body, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await host.Http.PostAsJsonAsync(route, body, Cancellation);
        answer.StatusCode.ShouldBe(status);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<int[]> VersionsAsync(string project, string[] texts, string? user)
    {
        JsonNode answer = await PredictAsync(project, new { texts, user });
        return [.. answer["answers"]!.AsArray().Select(one => one!["version"]!.GetValue<int>())];
    }

    private async Task<(long Shadowed, long Agreed)> ShadowedAsync(string project)
    {
        JsonNode detail = JsonNode.Parse(await host.Http.GetStringAsync($"projects/{project}", Cancellation))!;
        JsonNode[] versions = [.. detail["days"]!.AsArray().SelectMany(day => day!["versions"]!.AsObject().Select(pair => pair.Value!))];
        return (versions.Sum(one => one["shadowed"]!.GetValue<long>()), versions.Sum(one => one["agreed"]!.GetValue<long>()));
    }

    private async Task PutWeightsAsync(string project, string weights)
    {
        using HttpResponseMessage put = await PutRecipeAsync(project, LinearAlone[..^1] + $", \"serving\": {{ \"weights\": {weights} }} }}");
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<HttpResponseMessage> PutRecipeAsync(string project, string recipe)
    {
        using var content = new StringContent(recipe, Encoding.UTF8, "application/json");
        return await host.Http.PutAsync($"projects/{project}/recipe", content, Cancellation);
    }

    private static async Task<JsonNode> NodeAsync(string script, params string[] arguments)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        using Process node = Process.Start(new ProcessStartInfo("node", [Path.Combine(root, "tests", "openai-node", script), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        string output = await node.StandardOutput.ReadToEndAsync(Cancellation);
        string error = await node.StandardError.ReadToEndAsync(Cancellation);
        await node.WaitForExitAsync(Cancellation);
        node.ExitCode.ShouldBe(0, error);
        return JsonNode.Parse(output)!;
    }
}
