using System.CommandLine;
using FineTuneFlow.Api.Datasets;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf check</c>: profile, findings and quote of a drop; writes nothing and asks no server.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("CSV") { Description = "CSV, JSONL or .gz file of labelled texts; - reads standard input." };
        Option<string?> recipe = SharedOptions.Recipe();
        var noHeader = new Option<bool>("--no-header") { Description = "The first line is a row; columns are named 1, 2, 3..." };
        var strict = new Option<bool>("--strict") { Description = "End with exit code 1 where a finding is graded necessary." };
        return new Command("check", "Profile a data file, list what should be corrected, and quote the training; nothing is written.")
        {
            file, recipe, noHeader, strict,
        }.Runs(call => Task.FromResult(Run(call, call.Get(file), call.Get(recipe), call.Get(noHeader), call.Get(strict))));
    }

    private static int Run(CommandCall call, string file, string? recipePath, bool noHeader, bool strict)
    {
        using DataInput input = DataInput.Open(file);
        Recipe recipe = RecipeFile.Read(recipePath);
        DatasetRecipe dataset = noHeader ? recipe.Dataset with { Csv = recipe.Dataset.Csv with { Header = false } } : recipe.Dataset;
        string name = input.Name;
        long length = input.Length;
        using ProgressLine line = call.Terminal.Progress($"Checking {name}", "MB");
        DatasetCheckResult result = DatasetCheck.Check(
            name, () => RecipeFile.Open(input.Path), dataset, progress: new MegabyteProgress(line, length), cancellation: call.Cancellation);
        line.Dispose();
        Quote quote = DatasetQuote.Make(recipe, result.Profile, result.Rows);
        result = result with { Profile = WindowFindings.Add(result.Profile, quote) };
        call.Terminal.Answer(new DatasetCheckAnswer(result.Source, result.Profile, result.Settings, quote), output => CheckText.Write(output, result, quote));
        return strict && result.Profile.Findings.Any(finding => finding.Grade == FindingGrade.Necessary) ? ExitCode.Failed : ExitCode.Ok;
    }
}
