using System.Diagnostics;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>Real processes: ftf, the simulator, the host, and Azurite where it is asked for.</summary>
public class LocalStackTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_killed_host_goes_on_where_it_was_with_one_job_per_candidate()
    {
        await using var home = new StackHome();
        home.WriteData(400);
        string run;
        await using (Ftf up = await home.UpAsync())
        {
            run = (await home.JsonAsync("drop", home.Csv, "--project", "killed", "--recipe", home.Recipe))["runId"]!.GetValue<string>();
            await StackHome.UntilAsync(async () => await home.JobsAsync() > 0);
            using (Process host = Process.GetProcessById(home.Stack.Services["host"]))
            {
                host.Kill();
            }

            (await up.EndAsync()).ShouldBe(5);
            up.Error.ShouldContain("the host was killed (signal 9)");
            up.Error.ShouldContain("ftf up");
        }

        await using (Ftf _ = await home.UpAsync())
        {
            JsonNode ended = await home.JsonAsync("watch", run);
            ended["outcome"]!.GetValue<string>().ShouldBe("succeeded", ended.ToJsonString());
            (await home.JobsAsync()).ShouldBe(2);
            StackHome.Accuracies(ended).Count.ShouldBe(3);

            // Dropped again it is the same run, and costs nothing.
            (await home.JsonAsync("drop", home.Csv, "--project", "killed", "--recipe", home.Recipe))["created"]!.GetValue<bool>().ShouldBeFalse();
            (await home.JobsAsync()).ShouldBe(2);

            // An undisturbed run of the same gives the same figures.
            string again = (await home.JsonAsync("rerun", run, "--anew"))["runId"]!.GetValue<string>();
            StackHome.Accuracies(await home.JsonAsync("watch", again)).ShouldBe(StackHome.Accuracies(ended));

            (int code, string history, string _) = await Ftf.RunAsync(home.Folder, "history", run);
            code.ShouldBe(0);
            history.ShouldContain("SubmitJob");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_stack_is_refused_and_a_killed_one_leaves_nothing()
    {
        await using var home = new StackHome();
        int[] services;
        await using (Ftf up = await home.UpAsync())
        {
            services = [.. home.Stack.Services.Values];
            (int code, string _, string error) = await Ftf.RunAsync(home.Folder, home.UpArguments);
            code.ShouldBe(4);
            error.ShouldContain("runs already");

            await using Ftf second = Ftf.Start(home.Folder, "FineTuneFlow.Local", ["--Port", "0"]);
            (await second.EndAsync()).ShouldBe(4);
            second.Error.ShouldContain("in use by process");
            up.Kill();
            await up.EndAsync();
        }

        services.Length.ShouldBe(2);
        foreach (int service in services)
        {
            await StackHome.GoneAsync(service);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_demo_whose_host_is_killed_ends_with_it_and_says_how_to_go_on()
    {
        await using var home = new StackHome();
        home.WriteData(400);
        await using Ftf demo = Ftf.Start(home.Folder, ["demo", home.Csv, "--recipe", home.Recipe, .. home.UpArguments[1..]]);
        await StackHome.UntilAsync(async () => StackFile.Read(home.Folder) is not null && await home.JobsAsync() > 0);
        using (Process host = Process.GetProcessById(home.Stack.Services["host"]))
        {
            host.Kill();
        }

        (await demo.EndAsync()).ShouldBe(5, demo.Output);
        demo.Error.ShouldContain("the host was killed (signal 9)");
        demo.Error.ShouldContain("what runs goes on");
    }

    [Fact(Timeout = 180_000)]
    public async Task What_was_stored_with_Azurite_is_taken_over_by_the_plain_files()
    {
        await using var home = new StackHome();
        home.WriteData(200);
        string run;
        await using (Ftf up = await home.UpAsync("--storage", "azurite"))
        {
            home.Stack.Services.Keys.ShouldContain("storage");
            run = (await home.JsonAsync("drop", home.Csv, "--project", "kept", "--recipe", home.Recipe, "--watch"))["runId"]!.GetValue<string>();
            await up.StopAsync();
        }

        // Where earlier versions kept it.
        Directory.Move(Path.Combine(home.Folder, "azurite"), Path.Combine(home.Folder, "storage"));
        await using (Ftf up = await home.UpAsync())
        {
            up.Output.ShouldContain("taken over from Azurite");
            (await home.JsonAsync("watch", run))["outcome"]!.GetValue<string>().ShouldBe("succeeded");
            File.Exists(Path.Combine(home.Folder, "storage", "runs", run, "report.html")).ShouldBeTrue();
            (await home.JsonAsync("drop", home.Csv, "--project", "kept", "--recipe", home.Recipe))["created"]!.GetValue<bool>().ShouldBeFalse();

            // A drop that is a copied file.
            string drops = Directory.CreateDirectory(Path.Combine(home.Folder, "storage", "drops", "copied")).FullName;
            File.Copy(home.Csv, Path.Combine(drops, "June 2026.csv"));
            await StackHome.UntilAsync(async () => (await home.JsonAsync("runs", "--project", "copied"))["runs"]!.AsArray().Count == 1);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task A_run_is_told_of_in_the_log_is_kept_while_a_version_comes_from_it_and_cleaned_otherwise()
    {
        await using var home = new StackHome();
        home.WriteData(200);
        (int code, string output, string error) = await Ftf.RunAsync(home.Folder, ["doctor", .. home.UpArguments[1..]]);
        code.ShouldBe(1, error);
        output.ShouldContain("ok     rights: ");
        output.ShouldContain("is free for the host");
        output.ShouldContain("wrong  simulator", Case.Sensitive, "nothing answers for it before the stack is up");
        string champion;
        string rerun;
        string last;
        await using (Ftf up = await home.UpAsync())
        {
            champion = (await home.JsonAsync("drop", home.Csv, "--project", "cleaned", "--recipe", home.Recipe, "--watch"))["runId"]!.GetValue<string>();
            rerun = (await home.JsonAsync("rerun", champion))["runId"]!.GetValue<string>();
            await home.JsonAsync("watch", rerun);
            // The project's challenger comes from its last run, which is kept as well.
            last = (await home.JsonAsync("rerun", champion))["runId"]!.GetValue<string>();
            await home.JsonAsync("watch", last);
            await up.StopAsync();
        }

        await using (Ftf up = await home.UpAsync())
        {
            (code, output, error) = await Ftf.RunAsync(home.Folder, "logs", champion);
            code.ShouldBe(0, error);
            foreach (string told in new[] { ": planning", ": training", "one: trained as", "two: judged on", ": promoting", ": done" })
            {
                output.ShouldContain($"{champion}: {told.TrimStart(':', ' ')}");
            }

            output.ShouldNotContain(rerun);
            (await home.JsonAsync("clean", "--older-than", "1d"))["deleted"]!.AsArray().ShouldBeEmpty();
            JsonNode dry = await home.JsonAsync("clean", "--older-than", "0m", "--dry-run");
            JsonNode cleaned = await home.JsonAsync("clean", "--older-than", "0m");
            dry["deleted"]!.ToJsonString().ShouldBe(cleaned["deleted"]!.ToJsonString());
            dry["kept"]!.ToJsonString().ShouldBe(cleaned["kept"]!.ToJsonString());
            cleaned["deleted"]!.AsArray().Select(id => id!.GetValue<string>()).ShouldBe([rerun]);
            cleaned["kept"]![champion]!.GetValue<string>().ShouldContain("comes from");
            cleaned["kept"]![last]!.GetValue<string>().ShouldContain("comes from");
            Directory.Exists(Path.Combine(home.Folder, "storage", "runs", rerun)).ShouldBeFalse();
            (await Ftf.RunAsync(home.Folder, "watch", rerun)).Code.ShouldBe(3);
            (await home.JsonAsync("watch", champion))["hasReport"]!.GetValue<bool>().ShouldBeTrue();
        }

        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in Directory.EnumerateFiles(home.Folder, "*", SearchOption.AllDirectories).Where(f => f != home.Csv && f != home.Recipe))
            {
                (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBe(UnixFileMode.None, file);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_two_stacks_started_at_once_one_runs_and_the_other_says_why_not()
    {
        await using var home = new StackHome();
        await using Ftf first = Ftf.Start(home.Folder, home.UpArguments);
        await using Ftf second = Ftf.Start(home.Folder, home.UpArguments);
        Task<int> ended = await Task.WhenAny(first.EndAsync(), second.EndAsync());
        (await ended).ShouldBe(4);
        (first.Error + second.Error).ShouldContain("a stack runs already on");
    }

    [Fact]
    public async Task Without_a_host_the_message_says_how_to_start_one()
    {
        await using var home = new StackHome();

        (int code, string _, string error) = await Ftf.RunAsync(home.Folder, "runs", "--host", "http://127.0.0.1:9");

        code.ShouldBe(5);
        error.ShouldContain("ftf up");
    }
}
