using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests.Jobs;

public sealed class JobEndpointsTests
{
    private static readonly string Data = Reviews.Chat(Reviews.Make(40));

    [Fact]
    public async Task A_job_goes_its_way_and_reports_what_auto_became()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Data);
        JsonNode created = await simulator.PostAsync("/v1/fine_tuning/jobs", new JsonObject
        {
            ["model"] = "gpt-3.5-turbo",
            ["training_file"] = file,
            ["suffix"] = "mine",
            ["seed"] = 42,
            ["metadata"] = new JsonObject { ["run"] = "r1" },
        });
        created["status"]!.GetValue<string>().ShouldBe("validating_files");
        created["model"]!.GetValue<string>().ShouldBe("gpt-3.5-turbo-0125");
        created["trained_tokens"].ShouldBeNull();
        created["method"]!["supervised"]!["hyperparameters"]!["n_epochs"]!.GetValue<string>().ShouldBe("auto");

        JsonNode done = await simulator.WaitForJobAsync(created["id"]!.GetValue<string>());

        done["status"]!.GetValue<string>().ShouldBe("succeeded");
        done["fine_tuned_model"]!.GetValue<string>().ShouldStartWith("ft:gpt-3.5-turbo-0125:personal:mine:");
        done["error"]!.AsObject().ShouldBeEmpty();
        done["finished_at"]!.GetValue<long>().ShouldBeGreaterThan(0);
        done["hyperparameters"]!["n_epochs"]!.GetValue<int>().ShouldBe(3);
        done["hyperparameters"]!["batch_size"]!.GetValue<int>().ShouldBe(1);
        done["trained_tokens"]!.GetValue<long>().ShouldBeGreaterThan(40 * 3 * 10);
        done["metadata"]!["run"]!.GetValue<string>().ShouldBe("r1");
        string csv = await simulator.Client.GetStringAsync($"/v1/files/{done["result_files"]![0]!.GetValue<string>()}/content");
        csv.ShouldStartWith("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,");
        csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1 + (40 * 3));
    }

    [Fact]
    public async Task Events_come_newest_first_page_by_page_with_metrics()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode job = await simulator.TrainAsync("gpt-4o-mini", Data, body => body["validation_file"] = body["training_file"]!.DeepClone());
        string path = $"/v1/fine_tuning/jobs/{job["id"]!.GetValue<string>()}/events";

        var events = new List<JsonNode>();
        string after = "";
        while (true)
        {
            JsonNode page = await simulator.GetAsync($"{path}?limit=50{after}");
            events.AddRange(page["data"]!.AsArray()!);
            if (!page["has_more"]!.GetValue<bool>())
            {
                break;
            }

            after = "&after=" + page["last_id"]!.GetValue<string>();
        }

        events[0]["message"]!.GetValue<string>().ShouldBe("The job has successfully completed");
        events[^1]["message"]!.GetValue<string>().ShouldStartWith("Created fine-tuning job");
        (await simulator.GetAsync(path))["data"]!.AsArray().Count.ShouldBe(20);
        List<JsonNode> metrics = [.. events.Where(e => e["type"]!.GetValue<string>() == "metrics")];
        metrics.Count.ShouldBe(120);
        metrics.Select(e => e["data"]!["step"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, 120).Reverse());
        metrics[0]["data"]!["full_valid_loss"]!.GetValue<double>().ShouldBeGreaterThan(0);
        // One label token among three that are counted: 0.67 at worst.
        metrics.ShouldAllBe(e => e["data"]!["train_mean_token_accuracy"]!.GetValue<double>() >= 0.5);
    }

    [Fact]
    public async Task Checkpoints_of_every_epoch_can_be_called()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode job = await simulator.TrainAsync("gpt-4o-mini", Data);

        JsonArray checkpoints = (await simulator.GetAsync($"/v1/fine_tuning/jobs/{job["id"]!.GetValue<string>()}/checkpoints"))["data"]!.AsArray();

        checkpoints.Select(checkpoint => checkpoint!["step_number"]!.GetValue<int>()).ShouldBe([120, 80, 40]);
        string first = checkpoints[^1]!["fine_tuned_model_checkpoint"]!.GetValue<string>();
        first.ShouldBe(job["fine_tuned_model"]!.GetValue<string>() + ":ckpt-step-40");
        (await simulator.ChatAsync(first, "the app is terrible"))["model"]!.GetValue<string>().ShouldBe(first);
    }

    [Fact]
    public async Task A_list_can_be_filtered_by_metadata()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Data);
        string one = await simulator.CreateJobAsync("gpt-4o-mini", file, body => body["metadata"] = new JsonObject { ["run"] = "a", ["candidate"] = "x" });
        string two = await simulator.CreateJobAsync("gpt-4o-mini", file, body => body["metadata"] = new JsonObject { ["run"] = "a", ["candidate"] = "y" });

        (await ListAsync("metadata[run]=a")).ShouldBe([two, one]);
        (await ListAsync("metadata[run]=a&metadata[candidate]=x")).ShouldBe([one]);
        (await ListAsync("metadata%5Bcandidate%5D=y&limit=1")).ShouldBe([two]);
        (await ListAsync("metadata[run]=b")).ShouldBeEmpty();
        (await ListAsync($"limit=1&after={two}")).ShouldBe([one]);

        async Task<List<string>> ListAsync(string query) =>
            [.. (await simulator.GetAsync($"/v1/fine_tuning/jobs?{query}"))["data"]!.AsArray().Select(job => job!["id"]!.GetValue<string>())];
    }

    [Fact]
    public async Task A_fourth_job_is_refused_until_one_is_over()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { ValidateFor = TimeSpan.FromHours(10) });
        string file = await simulator.UploadAsync(Data);
        string first = await simulator.CreateJobAsync("gpt-4o-mini", file);
        await simulator.CreateJobAsync("gpt-4o-mini", file);
        await simulator.CreateJobAsync("gpt-4o-mini", file);
        JsonObject fourth = new() { ["model"] = "gpt-4o-mini", ["training_file"] = file };

        (await simulator.ErrorAsync(HttpMethod.Post, "/v1/fine_tuning/jobs", fourth)).ShouldBe((429, "active_job_limit_exceeded"));
        (await simulator.PostAsync($"/v1/fine_tuning/jobs/{first}/cancel"))["status"]!.GetValue<string>().ShouldBe("cancelled");
        await simulator.PostAsync("/v1/fine_tuning/jobs", fourth);
    }

    [Fact]
    public async Task A_paused_job_goes_on_when_it_is_resumed_and_a_cancelled_one_never()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { TrainFor = TimeSpan.FromHours(10) });
        string job = await simulator.CreateJobAsync("gpt-4o-mini", await simulator.UploadAsync(Data));
        await simulator.WaitForJobAsync(job, "running");

        (await simulator.PostAsync($"/v1/fine_tuning/jobs/{job}/pause"))["status"]!.GetValue<string>().ShouldBe("paused");
        (await simulator.ErrorAsync(HttpMethod.Post, $"/v1/fine_tuning/jobs/{job}/pause")).ShouldBe((400, "invalid_job_status"));
        (await simulator.PostAsync($"/v1/fine_tuning/jobs/{job}/resume"))["status"]!.GetValue<string>().ShouldBe("queued");
        await simulator.WaitForJobAsync(job, "running");
        (await simulator.PostAsync($"/v1/fine_tuning/jobs/{job}/cancel"))["finished_at"]!.GetValue<long>().ShouldBeGreaterThan(0);
        (await simulator.ErrorAsync(HttpMethod.Post, $"/v1/fine_tuning/jobs/{job}/resume")).ShouldBe((400, "invalid_job_status"));
        (await simulator.ErrorAsync(HttpMethod.Post, $"/v1/fine_tuning/jobs/{job}/cancel")).ShouldBe((400, "invalid_job_status"));
    }

    [Fact]
    public async Task What_cannot_be_a_job_is_refused_at_once()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        string file = await simulator.UploadAsync(Data);
        string batch = await simulator.UploadAsync("{}", purpose: "batch");

        (await Refused(body => body["model"] = "gpt-99")).ShouldBe((400, "model_not_available"));
        (await Refused(body => body["model"] = "ft:gpt-4o:x::y")).ShouldBe((404, "model_not_found"));
        (await Refused(body => body.Remove("model"))).ShouldBe((400, "missing_required_parameter"));
        (await Refused(body => body["training_file"] = "file-none")).ShouldBe((400, "file_not_found"));
        (await Refused(body => body["training_file"] = batch)).ShouldBe((400, "training_file"));
        (await Refused(body => body["suffix"] = new string('a', 65))).ShouldBe((400, "suffix"));
        (await Refused(body => body["seed"] = -1)).ShouldBe((400, "seed"));
        (await Refused(body => body["metadata"] = new JsonObject { [new string('k', 65)] = "v" })).ShouldBe((400, "metadata"));
        (await Refused(body => body["metadata"] = new JsonObject(Enumerable.Range(0, 17).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)"v")))))
            .ShouldBe((400, "metadata"));
        (await Refused(body => body["hyperparameters"] = new JsonObject { ["n_epochs"] = 51 })).ShouldBe((400, "hyperparameters.n_epochs"));
        (await Refused(body => body["method"] = new JsonObject { ["type"] = "dpo" })).ShouldBe((400, "method.type"));
        (await simulator.GetAsync("/v1/fine_tuning/jobs"))["data"]!.AsArray().ShouldBeEmpty();
        (await simulator.ErrorAsync(HttpMethod.Get, "/v1/fine_tuning/jobs/ftjob-none")).ShouldBe((404, "fine_tune_not_found"));

        Task<(int, string)> Refused(Action<JsonObject> spoil)
        {
            JsonObject body = new() { ["model"] = "gpt-4o-mini", ["training_file"] = file };
            spoil(body);
            return simulator.ErrorAsync(HttpMethod.Post, "/v1/fine_tuning/jobs", body);
        }
    }
}
