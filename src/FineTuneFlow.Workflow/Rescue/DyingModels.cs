using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Rescue;

/// <summary>The fine-tunes of a provider's key, those that end first before the others.</summary>
public sealed class DyingModels(ModelBook models, TimeProvider time)
{
    /// <exception cref="Core.Failures.FlowException">The service cannot be asked.</exception>
    public async Task<ImmutableArray<DyingModel>> ListAsync(IFineTuningProvider provider, CancellationToken cancellation)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        IReadOnlyList<ProviderModel> listed = await provider.ListModelsAsync(cancellation);
        return
        [
            .. listed.Where(model => ModelName.IsTuned(model.Id)).Select(model =>
            {
                string family = ModelName.FamilyOf(model.Id);
                // The service's own word goes before the table's.
                DateOnly? end = model.ShutsDown ?? models.Find(provider.Facts.PriceKey, family)?.InferenceEnds;
                return new DyingModel(provider.Facts.Name, model.Id, family, end, end?.DayNumber - today.DayNumber);
            }).OrderBy(model => model.DaysLeft ?? int.MaxValue).ThenBy(model => model.Model, StringComparer.Ordinal),
        ];
    }
}
