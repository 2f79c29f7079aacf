using System.Text;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>What a recipe that names no model means at a provider: the affordable fine-tune that it offers today, else the untuned model
/// that it suggests to ask, else nothing.</summary>
public static class SuggestedModel
{
    /// <summary>Whether the candidate leaves the choice of the model open.</summary>
    public static bool IsOpen(CandidateRecipe candidate) => candidate.Model == CandidateRecipe.SuggestedModel;

    /// <summary>The candidate with the suggested model and, where it has none of its own, a name after it.</summary>
    /// <param name="open">One of <see cref="IsOpen"/>.</param>
    /// <param name="models">The dated table.</param>
    /// <param name="priceKey">The provider's section in it.</param>
    /// <param name="mayTrain">Models that can be trained now, beyond what the table says: whether the organisation has tuned before, and
    /// whether the provider trains at all.</param>
    /// <param name="trainingRows">About; null: not known.</param>
    /// <returns>Null where the provider neither trains nor suggests anything.</returns>
    public static CandidateRecipe? Of(CandidateRecipe open, ModelBook models, string priceKey, DateOnly day, Func<ModelLife, bool> mayTrain, double? trainingRows = null)
    {
        ModelLife[] offered = [.. models.Of(priceKey).OrderByDescending(life => life.Suggested)];
        ModelLife? trained = open.Kind == CandidateKind.FineTune ? offered.FirstOrDefault(mayTrain) : null;
        ModelLife? chosen = trained ?? offered.FirstOrDefault(life => life.Answers(day));
        return chosen is null ? null : open with
        {
            Name = open.Name == CandidateRecipe.SuggestedModel ? NameOf(chosen.Model) : open.Name,
            Kind = trained is null ? CandidateKind.Prompt : CandidateKind.FineTune,
            Model = chosen.Model,
            // One pass is affordable; what the maker suggests goes before.
            Epochs = trained is null ? default : open.Epochs.Count > 0 ? open.Epochs : new OneOrMany<int>(chosen.EpochsFor(trainingRows) ?? 1),
            BatchSize = trained is null ? default : open.BatchSize,
            LearningRateMultiplier = trained is null ? default : open.LearningRateMultiplier,
            Tier = trained is null ? null : open.Tier,
        };
    }

    /// <summary>A candidate's name after a model: <c>gpt-4.1-mini</c> is gpt-4-1-mini.</summary>
    private static string NameOf(string model)
    {
        var name = new StringBuilder();
        foreach (char c in model[(model.LastIndexOf('/') + 1)..].ToLowerInvariant())
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        return name.ToString()[..Math.Min(40, name.Length)].Trim('-');
    }
}
