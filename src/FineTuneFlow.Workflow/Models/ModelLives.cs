using FineTuneFlow.Core.Costs;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Models;

/// <summary>How long models go on answering, by the dated table. Models of our own have no end.</summary>
public sealed class ModelLives(IProviders providers, ModelBook models, TimeProvider time)
{
    /// <summary>Null where no end is announced.</summary>
    public ModelEnd? Of(ChampionVersion version) => version.Provider is { } provider ? Of(provider, version.BaseModel, version.Model != version.BaseModel) : null;

    /// <inheritdoc cref="Of(ChampionVersion)"/>
    /// <param name="provider">As configured.</param>
    /// <param name="baseModel">The base, whose end is also that of what was trained on it.</param>
    /// <param name="tuned">A fine-tune, which may outlive its untuned base.</param>
    public ModelEnd? Of(string provider, string baseModel, bool tuned)
    {
        ProviderFacts? facts = providers.All.FirstOrDefault(one => one.Name == provider);
        ModelLife? life = facts is null ? null : models.Find(facts.PriceKey, baseModel);
        DateOnly? day = tuned ? life?.InferenceEnds : life?.BaseEnds ?? life?.InferenceEnds;
        return day is { } end ? new ModelEnd(end, end.DayNumber - DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber) : null;
    }
}

/// <param name="On">The first day on which it no longer answers.</param>
/// <param name="DaysLeft">Days until then; 0 or less: it has ended.</param>
public sealed record ModelEnd(DateOnly On, int DaysLeft);
