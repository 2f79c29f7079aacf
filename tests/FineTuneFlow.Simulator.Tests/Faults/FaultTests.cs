using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests.Faults;

public sealed class FaultTests
{
    private static readonly string Data = Reviews.Chat(Reviews.Make(12));

    [Theory]
    [InlineData("rateLimit", 429, "rate_limit_exceeded")]
    [InlineData("dailyCap", 429, "daily_rate_limit_exceeded")]
    [InlineData("tooManyJobs", 429, "active_job_limit_exceeded")]
    [InlineData("insufficientQuota", 429, "insufficient_quota")]
    [InlineData("unauthorized", 401, "invalid_api_key")]
    [InlineData("forbidden", 403, "fine_tuning_not_permitted")]
    [InlineData("serverError", 500, "server_error")]
    [InlineData("unavailable", 503, "service_unavailable")]
    public async Task A_refusal_has_the_services_status_and_code_and_does_nothing(string action, int status, string code)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Data);
        await PlanAsync(simulator, $$"""{"rules":[{"match":"POST /v1/fine_tuning/jobs","action":"{{action}}","calls":[1]}]}""");
        JsonObject body = new() { ["model"] = "gpt-4o-mini", ["training_file"] = file };

        (await simulator.ErrorAsync(HttpMethod.Post, "/v1/fine_tuning/jobs", body)).ShouldBe((status, code));

        (await simulator.GetAsync("/simulator/ledger"))["jobsCreated"]!.GetValue<int>().ShouldBe(0);
        await simulator.PostAsync("/v1/fine_tuning/jobs", body);
    }

    [Theory]
    [InlineData(""","retryAfter":2.5""", "2.5")]
    [InlineData("", null)]
    public async Task Retry_after_comes_when_the_rule_has_one(string member, string? expected)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await PlanAsync(simulator, $$"""{"rules":[{"match":"GET /v1/models","action":"rateLimit"{{member}}}]}""");

        using HttpResponseMessage response = await simulator.Client.GetAsync("/v1/models");

        (response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.Single() : null).ShouldBe(expected);
    }

    [Fact]
    public async Task A_lost_answer_comes_after_the_work_is_done()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Data);
        await PlanAsync(simulator, """{"rules":[{"match":"POST /v1/fine_tuning/jobs","action":"lostAnswer"}]}""");

        await Should.ThrowAsync<HttpRequestException>(() => simulator.CreateJobAsync(
            "gpt-4o-mini", file, body => body["metadata"] = new JsonObject { ["run"] = "r" }));
        await Should.ThrowAsync<HttpRequestException>(() => simulator.CreateJobAsync(
            "gpt-4o-mini", file, body => body["metadata"] = new JsonObject { ["run"] = "r" }));

        JsonNode ledger = await simulator.GetAsync("/simulator/ledger");
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(2);
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(1);
        (await simulator.GetAsync("/v1/fine_tuning/jobs?metadata[run]=r"))["data"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_upload_that_is_reset_in_the_middle_leaves_no_file()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await PlanAsync(simulator, """{"rules":[{"match":"POST /v1/files","action":"resetUpload","calls":[1],"afterBytes":100000}]}""");
        string big = string.Concat(Enumerable.Repeat(Data, 200));

        await Should.ThrowAsync<HttpRequestException>(() => simulator.UploadAsync(big));

        (await simulator.GetAsync("/simulator/ledger"))["filesStored"]!.GetValue<int>().ShouldBe(0);
        await simulator.UploadAsync(big);
    }

    [Fact]
    public async Task A_slow_answer_takes_its_time()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await PlanAsync(simulator, """{"rules":[{"match":"GET /v1/models","action":"slow","milliseconds":300}]}""");
        long start = Stopwatch.GetTimestamp();

        await simulator.GetAsync("/v1/models");

        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task A_result_file_comes_base64_encoded()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode job = await simulator.TrainAsync("gpt-4o-mini", Data);
        await PlanAsync(simulator, """{"rules":[{"match":"GET /v1/files/*/content","action":"base64Content"}]}""");

        string content = await simulator.Client.GetStringAsync($"/v1/files/{job["result_files"]![0]!.GetValue<string>()}/content");

        Encoding.UTF8.GetString(Convert.FromBase64String(content)).ShouldStartWith("step,");
    }

    [Fact]
    public async Task Azures_shapes_have_nulls_iso_dates_and_missing_members()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { QueueFor = TimeSpan.FromHours(10) });
        string file = await simulator.UploadAsync(Data);
        await PlanAsync(simulator, """{"rules":[{"match":"* /v1/**","action":"azureShapes"}]}""");

        string id = await simulator.CreateJobAsync("gpt-4o-mini", file);
        JsonObject job = (await simulator.GetAsync($"/v1/fine_tuning/jobs/{id}")).AsObject();

        job["status"]!.GetValue<string>().ShouldBe("pending");
        job["created_at"]!.GetValue<string>().ShouldMatch("^20\\d\\d-\\d\\d-\\d\\dT.*Z$");
        job.ContainsKey("result_files").ShouldBeTrue();
        job["result_files"].ShouldBeNull();
        job["error"].ShouldBeNull();
        job["seed"].ShouldBeNull();
        job.ContainsKey("organization_id").ShouldBeFalse();
        (await simulator.GetAsync($"/v1/files/{file}"))["created_at"]!.GetValue<string>().ShouldEndWith("Z");
    }

    [Fact]
    public async Task Events_can_come_in_an_order_of_their_own_and_all_of_them_by_pages()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode job = await simulator.TrainAsync("gpt-4o-mini", Data);
        string[] plain = await IdsAsync(100);
        await PlanAsync(simulator, """{"rules":[{"match":"GET /v1/fine_tuning/jobs/*/events","action":"shuffleEvents"}]}""");

        string[] shuffled = await IdsAsync(7);

        shuffled.Order().ShouldBe(plain.Order());
        shuffled.SequenceEqual(plain).ShouldBeFalse();

        async Task<string[]> IdsAsync(int limit)
        {
            var ids = new List<string>();
            JsonNode page;
            do
            {
                string after = ids.Count == 0 ? "" : $"&after={ids[^1]}";
                page = await simulator.GetAsync($"/v1/fine_tuning/jobs/{job["id"]}/events?limit={limit}{after}");
                ids.AddRange(page["data"]!.AsArray().Select(e => e!["id"]!.GetValue<string>()));
            }
            while (page["has_more"]!.GetValue<bool>());

            return [.. ids];
        }
    }

    [Fact]
    public async Task A_job_can_fail_after_its_training()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await PlanAsync(simulator, """{"rules":[{"match":"JOB","action":"failJob","calls":[1]}]}""");
        string file = await simulator.UploadAsync(Data);

        JsonNode job = await simulator.WaitForJobAsync(await simulator.CreateJobAsync("gpt-4o-mini", file));

        job["status"]!.GetValue<string>().ShouldBe("failed");
        job["error"]!["code"]!.GetValue<string>().ShouldBe("moderation_failed");
        job["fine_tuned_model"].ShouldBeNull();
        (await simulator.WaitForJobAsync(await simulator.CreateJobAsync("gpt-4o-mini", file)))["status"]!.GetValue<string>().ShouldBe("succeeded");
    }

    internal static async Task PlanAsync(RunningSimulator simulator, string plan)
    {
        using HttpResponseMessage response = await simulator.Client.PutAsync("/simulator/faults", new StringContent(plan, Encoding.UTF8, "application/json"));
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}
