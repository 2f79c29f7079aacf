using System.Diagnostics;
using FineTuneFlow.Trainer.Contract;

namespace FineTuneFlow.Trainer.Tests.Contract;

/// <summary>The real program as a process: killed without warning, and what it leaves behind.</summary>
public sealed class KilledTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.Trainer.dll");

    [Fact]
    public async Task Killed_at_ten_moments_and_started_again_it_makes_the_very_model_of_an_undisturbed_training()
    {
        using var undisturbed = new TinyWork();
        Prepare(undisturbed);
        using (Process whole = Start(undisturbed))
        {
            await whole.WaitForExitAsync();
            whole.ExitCode.ShouldBe(0);
        }

        using var disturbed = new TinyWork();
        Prepare(disturbed);

        int kills = 0;
        for (int kill = 1; kill <= 10; kill++)
        {
            kills += await StartAndKillAsync(disturbed, atStep: kill * 4) ? 1 : 0;
        }

        using Process last = Start(disturbed);
        await last.WaitForExitAsync();
        last.ExitCode.ShouldBe(0);
        kills.ShouldBeGreaterThanOrEqualTo(8, "most of the moments are to lie within the training");
        foreach (string file in new[] { "model.safetensors", "model.onnx", "model.int8.onnx" })
        {
            File.ReadAllBytes(disturbed.Output($"model/{file}")).ShouldBe(File.ReadAllBytes(undisturbed.Output($"model/{file}")), file);
        }

        File.ReadAllText(disturbed.Output(OutputFiles.Predictions)).ShouldBe(File.ReadAllText(undisturbed.Output(OutputFiles.Predictions)));
        File.ReadAllText(disturbed.Output(OutputFiles.Metrics)).ShouldBe(File.ReadAllText(undisturbed.Output(OutputFiles.Metrics)));
    }

    [Fact]
    public async Task Asked_to_stop_it_keeps_its_state_and_says_that_another_execution_may_go_on()
    {
        using var work = new TinyWork();
        work.Variables["FTF_EPOCHS"] = "50";
        work.Variables["FTF_LEARNING_RATE"] = "0.00001";
        using Process process = Start(work);
        await UntilStepAsync(work, process, 3);

        using Process term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe((int)ExitCode.Unavailable);
        work.Result.GetProperty("error").GetString().ShouldBe("unavailable");
        File.Exists(work.Output("checkpoint/state.json")).ShouldBeTrue();
        Step(work.Output("checkpoint/state.json")).ShouldBeGreaterThanOrEqualTo(3, "what was trained is not trained again");
    }

    [Fact]
    public async Task What_serves_the_model_keeps_no_identifier_of_the_machine_and_nothing_to_send_home()
    {
        using var work = new TinyWork();
        string home = Directory.CreateDirectory(work["home"]).FullName;
        // ONNX Runtime's telemetry is silent by itself in a CI's run.
        work.Variables["CI"] = work.Variables["GITHUB_ACTIONS"] = work.Variables["TF_BUILD"] = "";
        work.Variables["HOME"] = home;
        work.Variables["XDG_CACHE_HOME"] = Path.Combine(home, ".cache");

        using Process process = Start(work);
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(0);
        File.Exists(work.Output("model/model.int8.onnx")).ShouldBeTrue("it has been asked by ONNX Runtime");
        Directory.EnumerateFileSystemEntries(home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .ShouldAllBe(file => !file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The fixtures' encoder drops nothing; this one does, so that what is dropped must come out alike as well.</summary>
    private static void Prepare(TinyWork work)
    {
        string folder = work["dropping"];
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(work.Variables["FTF_MODEL"]))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("dropout\": 0.0", "dropout\": 0.2", StringComparison.Ordinal));
        work.Variables["FTF_MODEL"] = folder;
        work.Variables["FTF_CHECKPOINT_SECONDS"] = "0";
    }

    private static async Task<bool> StartAndKillAsync(TinyWork work, int atStep)
    {
        using Process process = Start(work);
        await UntilStepAsync(work, process, atStep);
        bool alive = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync();
        return alive;
    }

    /// <summary>By the state that it keeps after every step, as progress is told less often.</summary>
    private static async Task UntilStepAsync(TinyWork work, Process process, int step)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        string file = work.Output(work.Variables.ContainsKey("FTF_CHECKPOINT_SECONDS") ? "checkpoint/state.json" : OutputFiles.Progress);
        while (!process.HasExited && Step(file) < step)
        {
            await Task.Delay(2, limit.Token);
        }
    }

    private static int Step(string file)
    {
        try
        {
            string state = File.ReadAllText(file);
            int at = state.IndexOf("\"step\": ", StringComparison.Ordinal) + "\"step\": ".Length;
            return int.Parse(state[at..state.IndexOf(',', at)], null);
        }
        catch (Exception absent) when (absent is IOException or FormatException or ArgumentOutOfRangeException)
        {
            return 0;
        }
    }

    private static Process Start(TinyWork work)
    {
        var start = new ProcessStartInfo("dotnet", [Program]) { RedirectStandardOutput = true };
        foreach ((string name, string value) in work.Variables)
        {
            start.Environment[name] = value.Length > 0 ? value : null;
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
