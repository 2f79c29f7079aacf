using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Models;

/// <summary>The days on which models end (<c>--shutdown</c>): told by <c>/models</c>, and from then on neither trained nor served. A
/// fine-tune ends with its base.</summary>
internal sealed class Shutdowns(SimulatorOptions options, ModelStore models, TimeProvider clock)
{
    /// <summary>Null where none is announced.</summary>
    public DateOnly? Of(string model)
    {
        string baseModel = BaseModels.Find(model)?.Id ?? models.Find(model)?.BaseModel ?? model;
        return options.Shutdowns.TryGetValue(model, out DateOnly own) ? own
            : BaseModels.Find(baseModel) is { } known && known.Aliases.Append(known.Id).FirstOrDefault(options.Shutdowns.ContainsKey) is { } name ? options.Shutdowns[name]
            : null;
    }

    /// <exception cref="ApiException">404: the model has ended.</exception>
    public void Check(string model)
    {
        if (Of(model) is { } day && DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) >= day)
        {
            throw new ApiException(404, $"The model `{model}` has been shut down on {day:yyyy-MM-dd}.", "model_shut_down", "model");
        }
    }
}
