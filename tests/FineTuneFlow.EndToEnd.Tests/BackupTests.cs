using System.Text.Json.Nodes;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>A stack is backed up while it works, and what is restored goes on.</summary>
public class BackupTests
{
    [Fact(Timeout = 240_000)]
    public async Task A_backup_of_a_stack_at_work_goes_on_in_an_empty_folder_with_the_same_figures_and_no_further_job()
    {
        await using var home = new StackHome();
        home.WriteData(2_000);
        string run;
        string file = Path.Combine(home.Folder, "monday.ftf");
        JsonNode undisturbed;
        await using (Ftf up = await home.UpAsync())
        {
            run = (await home.JsonAsync("drop", home.Csv, "--project", "kept", "--recipe", home.Recipe))["runId"]!.GetValue<string>();
            await StackHome.UntilAsync(async () => await home.JobsAsync() > 0);

            JsonNode answer = await home.JsonAsync("backup", file);
            answer["files"]!.GetValue<int>().ShouldBeGreaterThan(10);
            answer["bytes"]!.GetValue<long>().ShouldBe(new FileInfo(file).Length);
            (await home.JsonAsync("runs"))["runs"]![0]!["endedAt"].ShouldBeNull("the backup is of a run in progress");

            undisturbed = await home.JsonAsync("watch", run);
            undisturbed["outcome"]!.GetValue<string>().ShouldBe("succeeded");
            await up.StopAsync();
        }

        await using var other = new StackHome();
        (int code, string output, string error) = await Ftf.RunAsync(other.Folder, "restore", file);
        code.ShouldBe(0, error);
        output.ShouldContain("go on with the next ftf up");
        await using (Ftf up = await other.UpAsync())
        {
            JsonNode ended = await other.JsonAsync("watch", run);
            ended["outcome"]!.GetValue<string>().ShouldBe("succeeded", ended.ToJsonString());
            StackHome.Accuracies(ended).ShouldBe(StackHome.Accuracies(undisturbed));
            (await other.JobsAsync()).ShouldBe(2);

            // The drop of before is not taken a second time, and what is restored is a stack like any other.
            (await other.JsonAsync("runs"))["runs"]!.AsArray().Count.ShouldBe(1);
            await up.StopAsync();
        }

        (code, _, error) = await Ftf.RunAsync(other.Folder, "restore", file);
        code.ShouldBe(4);
        error.ShouldContain("has state already");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stopped_stack_is_backed_up_too_and_half_a_backup_restores_nothing()
    {
        await using var home = new StackHome();
        home.WriteData(200);
        string run;
        await using (Ftf up = await home.UpAsync())
        {
            run = (await home.JsonAsync("drop", home.Csv, "--project", "stopped", "--recipe", home.Recipe, "--watch"))["runId"]!.GetValue<string>();
            await up.StopAsync();
        }

        string file = Path.Combine(home.Folder, "stopped.ftf");
        await home.JsonAsync("backup", file);

        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        string half = Path.Combine(home.Folder, "half.ftf");
        await File.WriteAllBytesAsync(half, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        await using var other = new StackHome();
        (int code, _, string error) = await Ftf.RunAsync(other.Folder, "restore", half);
        code.ShouldBe(2);
        error.ShouldContain("is not a whole backup");
        Directory.EnumerateFileSystemEntries(other.Folder).ShouldBeEmpty();
        (code, _, error) = await Ftf.RunAsync(other.Folder, "restore", home.Csv);
        code.ShouldBe(2, error);

        (await other.JsonAsync("restore", file))["files"]!.GetValue<int>().ShouldBeGreaterThan(10);
        await using (Ftf up = await other.UpAsync())
        {
            (await other.JsonAsync("watch", run))["hasReport"]!.GetValue<bool>().ShouldBeTrue();
            (await Ftf.RunAsync(other.Folder, "predict", "the app is excellent, perfect", "--project", "stopped")).Code.ShouldBe(0);
            await up.StopAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_there_is_no_state_backup_says_so()
    {
        await using var home = new StackHome();

        (int code, _, string error) = await Ftf.RunAsync(home.Folder, "backup", Path.Combine(home.Folder, "none.ftf"));

        code.ShouldBe(3);
        error.ShouldContain("FTF_HOME");
        File.Exists(Path.Combine(home.Folder, "none.ftf.part")).ShouldBeFalse();
    }
}
