namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>What README.md shows is what happens.</summary>
public class ReadmeTests
{
    [Fact(Timeout = 300_000)]
    public async Task The_demo_ends_with_the_table_and_the_verdict_that_are_shown()
    {
        await using var home = new StackHome();

        (int code, string output, string error) = await Ftf.RunAsync(home.Folder, ["demo", .. home.UpArguments[1..]]);

        code.ShouldBe(0, error);
        string said = Readme.OnOneLine(output);
        string[] shown = Readme.DemoEnds();
        shown.Length.ShouldBe(2);
        foreach (string paragraph in shown)
        {
            said.ShouldContain(paragraph, Case.Sensitive, output);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task The_commands_for_ones_own_data_work_as_they_are_written()
    {
        await using var home = new StackHome();
        home.WriteData(400);
        string shim = Path.Combine(home.Folder, "ftf");
        File.CreateSymbolicLink(shim, Path.Combine(AppContext.BaseDirectory, "ftf"));
        string[] commands = Readme.Commands("On your own data");
        commands.ShouldContain("./ftf up");

        Ftf? up = null;
        try
        {
            foreach (string command in commands)
            {
                if (command == "./ftf up")
                {
                    up = await home.UpAsync();
                    continue;
                }

                await using Ftf run = Ftf.Start(home.Folder, "/bin/sh", ["-c", command]);
                (await run.EndAsync()).ShouldBe(0, $"{command}: {run.Output} {run.Error}");
            }
        }
        finally
        {
            if (up is not null)
            {
                await up.DisposeAsync();
            }
        }

        File.Exists(Path.Combine(home.Folder, "prepared", "manifest.json")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(home.Folder, "report.html")).ShouldStartWith("<!DOCTYPE html>");
    }

    [Fact]
    public async Task On_a_bare_machine_the_demo_says_what_it_needs()
    {
        DirectoryInfo tools = Directory.CreateTempSubdirectory("ftf-bare-");
        try
        {
            foreach (string tool in new[] { "bash", "dirname", "readlink" })
            {
                string found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
                File.CreateSymbolicLink(Path.Combine(tools.FullName, tool), found);
            }

            await using Ftf demo = Ftf.Start(tools.FullName, Path.Combine(tools.FullName, "bash"), [Path.Combine(Readme.Root, "demo.sh")], path: tools.FullName);

            (await demo.EndAsync()).ShouldBe(2);
            demo.Error.ShouldContain(".NET SDK 10 (https://dot.net)");
            demo.Error.ShouldNotContain("Node.js");
        }
        finally
        {
            tools.Delete(recursive: true);
        }
    }
}
