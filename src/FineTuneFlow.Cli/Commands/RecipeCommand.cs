using System.CommandLine;
using System.Diagnostics;
using System.Text;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf recipe init</c>, <c>check</c> and <c>edit</c>.</summary>
internal static class RecipeCommand
{
    private const string Beginning = """
        {
          // Everything that is left out has a default: docs/recipe.md lists them.
          "version": 1,
          "dataset": { "split": { "method": "stable" } },
          "budget": { "usd": 100, "approveAbove": 5 },
          "baselines": [{ "name": "linear" }],
          "promotion": { "metric": "accuracy", "prefer": "thrifty", "margin": 0.01 },
          "retrain": { "minimumNewRows": 200 },
          "serving": { "weights": { "champion": 100 } }
        }

        """;

    public static Command Create() => new("recipe", "Begin a recipe, check one, or change a project's.") { Init(), Check(), Edit() };

    private static Command Init()
    {
        var file = new Argument<string>("file") { Description = "Where to write it.", DefaultValueFactory = _ => "recipe.json", HelpName = "FILE" };
        return new Command("init", "Write a recipe to begin with.") { file }.Runs(call =>
        {
            string path = call.Get(file);
            if (File.Exists(path))
            {
                throw new FlowException(new Failure(FailureKind.Conflict, $"{path} is there already", "Name another file, or remove it", new SourceLocation(path)));
            }

            File.WriteAllText(path, Beginning);
            call.Terminal.Answer(new { File = path }, writer => writer.WriteLine($"{path} is written. Check it: ftf recipe check {path}. Try it: ftf check CSV --recipe {path}"));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The recipe.", HelpName = "FILE" };
        return new Command("check", "Check a recipe: everything that is wrong with it, each with its place.") { file }.Runs(call =>
        {
            string path = RecipeFile.Existing(call.Get(file), "recipe");
            RecipeReading reading = RecipeReader.Check(Path.GetFileName(path), File.ReadAllBytes(path));
            call.Terminal.Answer(new { Valid = reading.Recipe is not null, reading.Problems }, writer =>
            {
                foreach (Failure error in reading.Problems)
                {
                    Paragraph.Write(writer, "", error.ToString());
                }

                writer.WriteLine(reading.Recipe is { } recipe
                    ? $"{path} is right: {Formatting.Counted(CandidateGrid.Expand(recipe).Length, "candidate")}, {Formatting.Counted(recipe.Baselines.Length, "baseline")}."
                    : $"{path}: {reading.Problems.Length} to put right.");
            });
            return Task.FromResult(reading.Recipe is null ? ExitCode.InvalidInput : ExitCode.Ok);
        });
    }

    private static Command Edit()
    {
        Argument<string> project = ProjectArguments.Project();
        Option<Uri?> host = RunArguments.Host();
        return new Command("edit", "Change a project's recipe in $EDITOR; it is checked before it is put.") { project, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string path = ProjectArguments.Path(call.Get(project), "/recipe");
            (string before, string? tag) = await FindAsync(client, path, call.Cancellation);
            string file = Path.Combine(Path.GetTempPath(), $"ftf-{call.Get(project)}-{Guid.NewGuid():N}.json");
            await File.WriteAllTextAsync(file, before, call.Cancellation);
            string after = await EditedAsync(file, call.Cancellation);
            if (after == before && tag is not null)
            {
                File.Delete(file);
                call.Terminal.Answer(new { Changed = false }, writer => writer.WriteLine("Nothing was changed."));
                return ExitCode.Ok;
            }

            try
            {
                RecipeReader.Read(Path.GetFileName(file), Encoding.UTF8.GetBytes(after));
                await client.PutAsync<Recipe>(path, after, tag, call.Cancellation);
            }
            catch (FlowException refused)
            {
                // What was typed is not lost.
                throw new FlowException(refused.Failure with { Remedy = $"{refused.Failure.Remedy} (what you wrote is in {file})" });
            }

            File.Delete(file);
            call.Terminal.Answer(new { Changed = true }, writer => writer.WriteLine($"The recipe of {call.Get(project)} is changed."));
            return ExitCode.Ok;
        });
    }

    private static async Task<(string Text, string? Tag)> FindAsync(HostClient client, string path, CancellationToken cancellation)
    {
        try
        {
            return await client.GetWithTagAsync(path, cancellation);
        }
        catch (FlowException none) when (none.Failure.Kind == FailureKind.NotFound)
        {
            return (Beginning, null);
        }
    }

    private static async Task<string> EditedAsync(string file, CancellationToken cancellation)
    {
        string editor = Environment.GetEnvironmentVariable("VISUAL") ?? Environment.GetEnvironmentVariable("EDITOR") ?? (OperatingSystem.IsWindows() ? "notepad" : "vi");
        string[] words = editor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using Process process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], file]))
            ?? throw new FlowException(FailureKind.InvalidInput, $"the editor {editor} did not start", "Set EDITOR");
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? await File.ReadAllTextAsync(file, cancellation)
            : throw new FlowException(FailureKind.InvalidInput, $"the editor ended with {process.ExitCode}", $"What you wrote is in {file}");
    }
}
