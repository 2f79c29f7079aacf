using System.Collections.Concurrent;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>What a provider's refusals have taught about its models, for as long as the process lives.</summary>
/// <param name="limitField">The profile's name of the answer's limit.</param>
internal sealed class AskingManners(string limitField)
{
    /// <summary>Refusals of one question at the most: temperature, effort, log-probabilities, and the name of the limit.</summary>
    public const int MostRefusals = 5;

    private readonly ConcurrentDictionary<string, AskingManner> _known = new(StringComparer.Ordinal);

    public AskingManner Of(string model) => _known.GetValueOrDefault(model) ?? AskingManner.Standard;

    /// <summary>Keeps that the service has refused to answer a model but in batches.</summary>
    public void LearnInBatchesOnly(string model) =>
        _known.AddOrUpdate(model, AskingManner.Standard with { InBatchesOnly = true }, (_, known) => known with { InBatchesOnly = true });

    /// <summary>The manner to ask in after a refusal; null where the refusal is about something else.</summary>
    /// <param name="question">As the caller gave it.</param>
    /// <param name="asked">The manner that was refused.</param>
    /// <param name="refusal">Not 2xx.</param>
    public AskingManner? Learn(ModelQuestion question, AskingManner asked, ServiceAnswer refusal)
    {
        if (ErrorReading.RefusedField(refusal) is not { } field || asked.Learn(question, limitField, field.Param, field.Message) is not { } better)
        {
            return null;
        }

        // Of many questions at once the first one to be refused teaches all others.
        return _known.AddOrUpdate(question.Model, better, (_, known) => known == asked ? better : known);
    }
}
