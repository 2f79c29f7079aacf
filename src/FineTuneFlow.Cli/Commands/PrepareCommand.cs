using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf prepare</c>: a drop becomes a data set folder, without any server.</summary>
internal static class PrepareCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("CSV") { Description = "CSV, JSONL or .gz file of labelled texts; - reads standard input." };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to write to.", HelpName = "DIR", Required = true };
        Option<string?> recipe = SharedOptions.Recipe();
        var noHeader = new Option<bool>("--no-header") { Description = "The first line is a row; columns are named 1, 2, 3..." };
        var threads = new Option<int>("--threads") { Description = "Worker threads; 0: one a core. The output is the same.", HelpName = "N" };
        return new Command("prepare", "Clean, de-duplicate, split and write a data set; nothing is uploaded.")
        {
            file, folder, recipe, noHeader, threads,
        }.Runs(call => Task.FromResult(Run(call, call.Get(file), call.Get(folder)!, call.Get(recipe), call.Get(noHeader), call.Get(threads))));
    }

    private static int Run(CommandCall call, string file, string folder, string? recipePath, bool noHeader, int threads)
    {
        using DataInput input = DataInput.Open(file);
        if (File.Exists(folder))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"--out is a file, {folder}, but a data set is a folder of files", "Name a folder; it is made where it is missing"));
        }

        string source = RealPath(new FileInfo(input.Path));
        if (DatasetFiles.IsOutput(Path.GetFileName(source)) && Path.GetDirectoryName(source) == RealPath(new DirectoryInfo(folder)))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"{file} is in the folder of --out, under a name that a preparation writes", "Name another folder"));
        }

        Recipe recipe = RecipeFile.Read(recipePath);
        DatasetRecipe dataset = noHeader ? recipe.Dataset with { Csv = recipe.Dataset.Csv with { Header = false } } : recipe.Dataset;
        string name = input.Name;
        long length = input.Length;
        using ProgressLine line = call.Terminal.Progress($"Preparing {name}", "MB");
        Manifest manifest = DatasetPreparation.Prepare(
            new PreparationRequest
            {
                SourceName = name,
                Open = () => RecipeFile.Open(input.Path),
                Recipe = dataset,
                Forms = RecipeFile.Forms(recipe),
                OutputDirectory = folder,
                Threads = threads,
                Progress = new MegabyteProgress(line, length),
            },
            call.Cancellation);
        line.Dispose();
        call.Terminal.Answer(manifest, output => PreparationText.Write(output, manifest, folder));
        return ExitCode.Ok;
    }

    /// <summary>Where a link leads; the path itself where it is none.</summary>
    private static string RealPath(FileSystemInfo at) => Path.TrimEndingDirectorySeparator((at.ResolveLinkTarget(returnFinalTarget: true) ?? at).FullName);
}
