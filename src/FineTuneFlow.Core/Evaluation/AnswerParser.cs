using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Turns a provider's answer into a <see cref="Prediction"/>. Pure: the same answer gives the same prediction.</summary>
public static class AnswerParser
{
    /// <summary>The label that the answer names, with the probabilities of all labels where the service listed log-probabilities.
    /// An answer that is refused or names no label becomes a counted <see cref="PredictionError"/>, never an exception.</summary>
    /// <remarks>With probabilities, the label is the likeliest one after the spellings of a label were merged (" 4" and "4" are two
    /// tokens and one answer), so that label and probabilities never contradict each other; the text's own label wins a tie.</remarks>
    public static Prediction Parse(string rowId, LabelSet labels, ModelAnswer answer, AnswerStyle style)
    {
        var prediction = new Prediction
        {
            Id = rowId,
            PromptTokens = answer.PromptTokens,
            CompletionTokens = answer.CompletionTokens,
            ReasoningTokens = answer.ReasoningTokens > 0 ? answer.ReasoningTokens : null,
            LatencyMs = answer.LatencyMs,
        };
        if (!string.IsNullOrWhiteSpace(answer.Refusal) || answer.FinishReason == "content_filter")
        {
            return prediction with { Error = PredictionError.Refused };
        }

        var finder = new LabelFinder(labels);
        int said = style == AnswerStyle.Label
            ? finder.Find(answer.Text, cutShort: answer.FinishReason == "length")
            : finder.FindAtEnd(answer.Text);
        if (said < 0)
        {
            return prediction with { Error = PredictionError.Unparsable };
        }

        if (style == AnswerStyle.ChainOfThought || answer.Tokens.IsDefaultOrEmpty)
        {
            return prediction with { Label = labels.Names[said] };
        }

        double[] mass = new LabelMass(labels, finder.Comparison).Collect(answer.Text, answer.Tokens);
        double known = mass.Sum();
        if (!(known > 0))
        {
            return prediction with { Label = labels.Names[said] };
        }

        int likeliest = said;
        for (int i = 0; i < mass.Length; i++)
        {
            if (mass[i] > mass[likeliest])
            {
                likeliest = i;
            }
        }

        return prediction with
        {
            Label = labels.Names[likeliest],
            Probabilities = labels.Names.Select((name, i) => KeyValuePair.Create(name, mass[i] / known))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            OtherMass = Math.Clamp(1 - known, 0, 1),
        };
    }
}
