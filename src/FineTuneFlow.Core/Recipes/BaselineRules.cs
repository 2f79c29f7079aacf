namespace FineTuneFlow.Core.Recipes;

/// <summary>Rules of a baseline that go beyond the schema.</summary>
internal static class BaselineRules
{
    public static IEnumerable<RecipeProblem> Check(BaselineRecipe baseline, string path)
    {
        switch (baseline.Kind)
        {
            case BaselineKind.Linear when baseline.Model is not null:
                yield return new RecipeProblem(path + ".model", "the linear baseline has no model to choose", "Remove \"model\", or set \"kind\" to encoder.");
                break;
            case BaselineKind.Container when baseline.Model is null:
                yield return new RecipeProblem(path, $"\"{baseline.Name}\" has no model", "Name the model that the container fine-tunes, such as \"distilbert-base-cased\".");
                break;
            case BaselineKind.Encoder when baseline.Model is null && baseline.ContinueFrom is null:
                yield return new RecipeProblem(
                    path, $"\"{baseline.Name}\" has neither a model nor continueFrom", "Name the model to fine-tune, such as \"all-MiniLM-L6-v2\", whose weights come with the trainer.");
                break;
            case BaselineKind.Encoder when baseline.Model is not null && baseline.ContinueFrom is not null:
                yield return new RecipeProblem(path + ".model", "an encoder that goes on from the champion has the champion's model", "Remove \"model\" or \"continueFrom\".");
                break;
            case BaselineKind.Encoder when baseline.Model is { } folder && EncoderName.IsFolder(folder) && !Path.IsPathRooted(folder):
                yield return new RecipeProblem(path + ".model", $"\"{folder}\" is not a whole path, and the trainer does not start where the recipe lies", "Write the folder's whole path, such as \"/models/mine\".");
                break;
            case BaselineKind.Encoder when baseline.Model is { } name && !EncoderName.IsFolder(name) && EncoderName.AtHub(name) is null:
                yield return new RecipeProblem(
                    path + ".model",
                    $"\"{name}\" does not name a model",
                    "Write a model of the Hugging Face hub such as \"distilbert-base-cased\" or \"owner/name@revision\", \"all-MiniLM-L6-v2\", whose weights come with the trainer, or a folder's whole path.");
                break;
        }

        if (baseline.Kind == BaselineKind.Linear && baseline.Epochs.Count > 0)
        {
            yield return Misplaced("epochs", "encoder or container");
        }

        if (baseline.Kind != BaselineKind.Container && baseline.Image is not null)
        {
            yield return Misplaced("image", "container");
        }

        if (baseline.Kind != BaselineKind.Encoder)
        {
            foreach (string name in EncoderOnly(baseline))
            {
                yield return Misplaced(name, "encoder");
            }
        }

        RecipeProblem Misplaced(string name, string kind) =>
            new($"{path}.{name}", $"{name} means nothing for a baseline of the kind {baseline.Kind.ToString().ToLowerInvariant()}", $"Remove it, or set \"kind\" to {kind}.");
    }

    private static IEnumerable<string> EncoderOnly(BaselineRecipe baseline)
    {
        (string Name, bool Given)[] properties =
        [
            ("learningRate", baseline.LearningRate.Count > 0), ("maxLength", baseline.MaxLength.Count > 0), ("batchSize", baseline.BatchSize is not null),
            ("classWeights", baseline.ClassWeights != ClassWeights.None), ("device", baseline.Device != TrainingDevice.Auto),
            ("where", baseline.Where != TrainingPlace.Auto), ("continueFrom", baseline.ContinueFrom is not null),
        ];
        return properties.Where(property => property.Given).Select(property => property.Name);
    }
}
