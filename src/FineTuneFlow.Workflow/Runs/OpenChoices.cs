using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Fixes with a run what its recipe leaves open: the provider, the model where none is named, and what a model's maker suggests
/// for it. A default that changes later must not send half of a run's candidates elsewhere.</summary>
public sealed class OpenChoices(IProviders providers, ModelBook models, TimeProvider time, EncoderSources? encoders = null)
{
    /// <summary>How long a provider may take to list its models before the table alone decides.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="candidates">Without grids.</param>
    /// <param name="trainingRows">About how many there are, by which a maker's suggestion of passes goes; null: not known.</param>
    public async Task<ImmutableArray<CandidateRecipe>> SettleAsync(IEnumerable<CandidateRecipe> candidates, double? trainingRows, CancellationToken cancellation)
    {
        var settled = ImmutableArray.CreateBuilder<CandidateRecipe>();
        foreach (CandidateRecipe candidate in candidates)
        {
            string name = candidate.Provider ?? providers.Default;
            ProviderFacts? provider = providers.All.FirstOrDefault(one => one.Name == name);
            CandidateRecipe? chosen = candidate with { Provider = name };
            if (provider is not null && SuggestedModel.IsOpen(candidate))
            {
                chosen = await SuggestAsync(chosen, provider, trainingRows, cancellation);
            }

            if (chosen is not null)
            {
                settled.Add(provider is null ? chosen : WithSuggestions(chosen, provider, trainingRows));
            }
        }

        return settled.ToImmutable();
    }

    /// <summary>A recipe's baselines. Where it names neither candidates nor baselines and its provider trains nothing today, the encoder that is
    /// at hand stands beside the linear model.</summary>
    /// <param name="recipe">Without grids.</param>
    /// <param name="settled">Its candidates by <see cref="SettleAsync"/>.</param>
    public ImmutableArray<BaselineRecipe> BaselinesOf(Recipe recipe, ImmutableArray<CandidateRecipe> settled) =>
        recipe.Candidates.SequenceEqual(RecipeReader.Default.Candidates) && recipe.Baselines.SequenceEqual(RecipeReader.Default.Baselines)
        && settled.All(candidate => candidate.Kind == CandidateKind.Prompt) && encoders?.AtHand is { } model
            ? [.. recipe.Baselines, new BaselineRecipe { Name = "encoder", Kind = BaselineKind.Encoder, Model = model }]
            : recipe.Baselines;

    private async Task<CandidateRecipe?> SuggestAsync(CandidateRecipe open, ProviderFacts provider, double? trainingRows, CancellationToken cancellation)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        bool closing = models.Of(provider.PriceKey).Any(life => life.ExistingCustomersSince is not null);
        IReadOnlyList<ProviderModel> listed = closing ? await ListAsync(provider.Name, cancellation) : [];
        // Only who has tuned before has fine-tunes to list.
        bool existing = listed.Any(model => ModelName.IsTuned(model.Id));
        return SuggestedModel.Of(open, models, provider.PriceKey, today, life =>
            provider.Trains && life.Trains(today, existing) && !(listed.FirstOrDefault(model => model.Id == life.Model)?.ShutsDown <= today), trainingRows);
    }

    /// <summary>What the key can see; nothing where the service cannot be asked now.</summary>
    private async Task<IReadOnlyList<ProviderModel>> ListAsync(string provider, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return await providers.Get(provider).ListModelsAsync(patience.Token);
        }
        catch (Exception silent) when (silent is FlowException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>A model that thinks is let think as little as it takes, and an open-weight model is trained as its service suggests.</summary>
    private CandidateRecipe WithSuggestions(CandidateRecipe candidate, ProviderFacts provider, double? trainingRows)
    {
        if (candidate.Model is null || models.Find(provider.PriceKey, candidate.Model) is not { } life)
        {
            return candidate;
        }

        candidate = candidate with { ReasoningEffort = candidate.ReasoningEffort ?? Reasoning.Cheapest(life.Efforts) };
        return candidate.Kind == CandidateKind.Prompt ? candidate : candidate with
        {
            Epochs = candidate.Epochs.Count == 0 && life.EpochsFor(trainingRows) is { } epochs ? new OneOrMany<int>(epochs) : candidate.Epochs,
            LearningRateMultiplier = candidate.LearningRateMultiplier.Count == 0 && life.LearningRateMultiplier is { } rate ? new OneOrMany<double>(rate) : candidate.LearningRateMultiplier,
            Tier = candidate.Tier ?? life.Tier,
        };
    }
}
