using FineTuneFlow.Api.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Cli.Commands;

/// <summary>The recipe and data file that a command without a server was given.</summary>
internal static class RecipeFile
{
    /// <summary>The recipe of the file, or the default one.</summary>
    public static Recipe Read(string? path) => path is null ? RecipeReader.Default : RecipeReader.Read(Path.GetFileName(path), File.ReadAllBytes(Existing(path, "recipe")));

    /// <exception cref="FlowException">NotFound, naming the path.</exception>
    public static string Existing(string path, string what) => File.Exists(path)
        ? path
        : throw new FlowException(new Failure(
            FailureKind.NotFound,
            $"there is no {what} file {path}",
            Directory.Exists(path) ? "That is a folder; name a file in it" : "Check the path",
            new SourceLocation(path)));

    /// <summary>A drop as it stands on the disk; read from the first byte to the last.</summary>
    public static Stream Open(string path) => new FileStream(
        path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    /// <summary>The upload forms that the recipe's fine-tunes ask for.</summary>
    public static IReadOnlyList<TrainingForm> Forms(Recipe recipe) =>
    [
        .. recipe.Candidates
            .Where(candidate => candidate.Kind == CandidateKind.FineTune)
            .Select(candidate => (Model: DatasetQuote.BaseModel(recipe, candidate), candidate.SystemPrompt))
            .Where(asked => asked.Model is not null)
            .Select(asked => new TrainingForm(TrainingForm.FamilyOf(asked.Model!), asked.SystemPrompt))
            .DistinctBy(form => form.Key),
    ];
}
