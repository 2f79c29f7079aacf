using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>The executable itself, killed and started again.</summary>
public sealed class SimulatorProcessTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("simulator-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task What_was_done_before_a_kill_is_there_after_it_and_a_running_job_ends()
    {
        string job;
        string model;
        string ask = """{"model":"MODEL","temperature":0,"messages":[{"role":"user","content":"terrible broken"}]}""";
        using (Process first = await StartAsync("--speed", "50", "--train-seconds", "0"))
        {
            using HttpClient client = ClientOf(first);
            string file = await UploadAsync(client);
            model = (await WaitAsync(client, await CreateAsync(client, file, "done"), "succeeded"))["fine_tuned_model"]!.GetValue<string>();
            await SendAsync(client, "/v1/chat/completions", ask.Replace("MODEL", model));
            first.Kill();
            await first.WaitForExitAsync();
        }

        using (Process second = await StartAsync("--speed", "1", "--train-seconds", "3600"))
        {
            using HttpClient client = ClientOf(second);
            job = await CreateAsync(client, (await GetAsync(client, "/v1/files?purpose=fine-tune"))["data"]![0]!["id"]!.GetValue<string>(), "cut");
            await WaitAsync(client, job, "running");
            second.Kill();
            await second.WaitForExitAsync();
        }

        using Process third = await StartAsync("--speed", "50");
        using HttpClient last = ClientOf(third);
        (await WaitAsync(last, job, "succeeded"))["trained_tokens"]!.GetValue<long>().ShouldBeGreaterThan(0);
        List<string> messages = [.. (await GetAsync(last, $"/v1/fine_tuning/jobs/{job}/events?limit=100"))["data"]!.AsArray().Select(e => e!["message"]!.GetValue<string>())];
        messages.Count(message => message.StartsWith("Step 1/", StringComparison.Ordinal)).ShouldBe(1, "the first training's metrics are gone");
        messages.ShouldContain("The service was restarted; training begins again");
        await SendAsync(last, "/v1/chat/completions", ask.Replace("MODEL", model));

        JsonNode ledger = await GetAsync(last, "/simulator/ledger?rows=true");
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(2);
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0);
        ledger["duplicateFiles"]!.GetValue<int>().ShouldBe(0);
        ledger["inference"]![model]!["requests"]!.GetValue<int>().ShouldBe(2);
        ledger["inference"]![model]!["askedMostOften"]!.GetValue<int>().ShouldBe(2);
        third.StandardInput.Close();
        await third.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    [Fact]
    public async Task It_ends_when_its_parent_is_gone()
    {
        using Process process = await StartAsync();

        process.StandardInput.Close();

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused()
    {
        using Process first = await StartAsync();
        using Process second = Process.Start(Info())!;

        (await second.StandardError.ReadToEndAsync()).ShouldContain("in use by another simulator");

        await second.WaitForExitAsync();
        second.ExitCode.ShouldBe(2);
        first.StandardInput.Close();
        await first.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    [Fact]
    public async Task A_wrong_option_ends_it_with_a_message()
    {
        using Process process = Process.Start(Info("--speed", "never"))!;

        string error = await process.StandardError.ReadToEndAsync();

        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(2);
        error.ShouldContain("--speed needs a number");
    }

    private ProcessStartInfo Info(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[typeof(SimulatorApp).Assembly.Location, "--urls", "http://127.0.0.1:0", "--state", _state, "--parent-watch", .. arguments])
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    private async Task<Process> StartAsync(params string[] arguments)
    {
        Process process = Process.Start(Info(arguments))!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        process.StartInfo.Environment["ADDRESS"] = line[(line.LastIndexOf(' ') + 1)..];
        return process;
    }

    private static HttpClient ClientOf(Process process)
    {
        var client = new HttpClient { BaseAddress = new Uri(process.StartInfo.Environment["ADDRESS"]!) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "k");
        return client;
    }

    private static async Task<string> UploadAsync(HttpClient client)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("fine-tune"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Reviews.Chat(Reviews.Make(20)))), "file", "train.jsonl" },
        };
        using HttpResponseMessage response = await client.PostAsync("/v1/files", form);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private static async Task<string> CreateAsync(HttpClient client, string file, string run) => (await SendAsync(
        client, "/v1/fine_tuning/jobs", $$$"""{"model":"gpt-4o-mini","training_file":"{{{file}}}","hyperparameters":{"n_epochs":1},"metadata":{"run":"{{{run}}}"}}"""))["id"]!.GetValue<string>();

    private static async Task<JsonNode> SendAsync(HttpClient client, string path, string body)
    {
        using HttpResponseMessage response = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) => JsonNode.Parse(await client.GetStringAsync(path))!;

    private static async Task<JsonNode> WaitAsync(HttpClient client, string job, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode now = await GetAsync(client, $"/v1/fine_tuning/jobs/{job}");
            if (now["status"]!.GetValue<string>() == status)
            {
                return now;
            }

            now["status"]!.GetValue<string>().ShouldNotBe("failed", now.ToJsonString());
            await Task.Delay(10, patience.Token);
        }
    }
}
