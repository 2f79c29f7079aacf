using System.Diagnostics;
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
        await using (SimulatorProcess first = await SimulatorProcess.StartAsync(_state, "--speed", "50"))
        {
            string file = await first.UploadAsync(Reviews.Chat(Reviews.Make(20)));
            model = (await first.WaitForJobAsync(await first.CreateJobAsync(file, "done"), "succeeded"))["fine_tuned_model"]!.GetValue<string>();
            await first.SendAsync("/v1/chat/completions", ask.Replace("MODEL", model));
            await first.KillAsync();
        }

        await using (SimulatorProcess second = await SimulatorProcess.StartAsync(_state, "--train-seconds", "3600"))
        {
            string file = (await second.GetAsync("/v1/files?purpose=fine-tune"))["data"]![0]!["id"]!.GetValue<string>();
            job = await second.CreateJobAsync(file, "cut");
            await second.WaitForJobAsync(job, "running");
            await second.KillAsync();
        }

        await using SimulatorProcess third = await SimulatorProcess.StartAsync(_state, "--speed", "50");
        (await third.WaitForJobAsync(job, "succeeded"))["trained_tokens"]!.GetValue<long>().ShouldBeGreaterThan(0);
        List<string> messages = [.. (await third.GetAsync($"/v1/fine_tuning/jobs/{job}/events?limit=100"))["data"]!.AsArray()
            .Select(e => e!["message"]!.GetValue<string>())];
        messages.Count(message => message.StartsWith("Step 1/", StringComparison.Ordinal)).ShouldBe(1, "the first training's metrics are gone");
        messages.ShouldContain("The service was restarted; training begins again");
        await third.SendAsync("/v1/chat/completions", ask.Replace("MODEL", model));

        JsonNode ledger = await third.GetAsync("/simulator/ledger?rows=true");
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(2);
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0);
        ledger["duplicateFiles"]!.GetValue<int>().ShouldBe(0);
        ledger["inference"]![model]!["requests"]!.GetValue<int>().ShouldBe(2);
        ledger["inference"]![model]!["askedMostOften"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task It_ends_when_its_parent_is_gone()
    {
        await using SimulatorProcess process = await SimulatorProcess.StartAsync(_state);
        (await process.CloseInputAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused()
    {
        await using SimulatorProcess first = await SimulatorProcess.StartAsync(_state);

        (int code, string error) = await RunAsync();

        code.ShouldBe(4);
        error.ShouldContain("in use by another simulator");
    }

    [Fact]
    public async Task A_wrong_option_ends_it_with_a_message()
    {
        (int code, string error) = await RunAsync("--speed", "never");

        code.ShouldBe(2);
        error.ShouldContain("--speed needs a number");
    }

    private async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(SimulatorProcess.Info(_state, arguments))!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
