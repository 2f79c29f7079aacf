namespace FineTuneFlow.Core.Recipes;

/// <summary>Rules of one candidate that go beyond the schema.</summary>
internal static class CandidateRules
{
    public static IEnumerable<RecipeProblem> Check(CandidateRecipe candidate, string path)
    {
        bool prompt = candidate.Kind == CandidateKind.Prompt;
        if (candidate.ContinueFrom is null)
        {
            if (candidate.Model is null)
            {
                yield return new(path, $"\"{candidate.Name}\" has neither a model nor continueFrom", prompt
                    ? "Name the model to ask, such as \"gpt-4.1-mini\"."
                    : "Name a base model, such as \"gpt-4.1-mini\", or the candidate to continue.");
            }

            if (candidate.Data == TrainingData.New)
            {
                yield return new(path + ".data", "only a continued model can be trained on new rows alone", "Remove \"data\", or add \"continueFrom\".");
            }
        }
        else if (prompt)
        {
            yield return new(path + ".continueFrom", "a prompted model is not trained, so it continues nothing", "Remove \"continueFrom\", or set \"kind\" to fineTune.");
        }
        else if (candidate.Model is not null)
        {
            yield return new(path + ".model", "continueFrom fixes the model", "Remove \"model\" or \"continueFrom\".");
        }

        if (!prompt && (candidate.Shots > 0 || candidate.ChainOfThought))
        {
            yield return new(path + (candidate.Shots > 0 ? ".shots" : ".chainOfThought"), "only a prompted model takes examples or thinks aloud", "Remove it, or set \"kind\" to prompt.");
        }

        if (prompt)
        {
            foreach ((string property, bool given) in new[]
            {
                ("epochs", candidate.Epochs.Count > 0), ("batchSize", candidate.BatchSize.Count > 0),
                ("learningRateMultiplier", candidate.LearningRateMultiplier.Count > 0), ("tier", candidate.Tier is not null),
            })
            {
                if (given)
                {
                    yield return new($"{path}.{property}", $"a prompted model is not trained, so it has no {property}", "Remove it, or set \"kind\" to fineTune.");
                }
            }
        }
    }
}
