using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Costs;

/// <summary>Tokens before a run: text by script, plus what the form of an example adds. Always a range.</summary>
public static class TokenEstimate
{
    /// <summary>Tokens of a text alone.</summary>
    public static Estimate Of(ReadOnlySpan<char> text) => TextSize.Of(text).Tokens();

    /// <summary>Tokens that each example has beside its text: role marks, system prompt, prompt ending and answer. The chapter's own
    /// files bear these out: its chat form took 12.4 tokens an example more than its prompt form, and a system prompt of 18 tokens
    /// 22 more than an empty one.</summary>
    /// <param name="form">Chat or prompt and completion.</param>
    /// <param name="answerTokens">Tokens of the label.</param>
    public static Estimate Overhead(TrainingForm form, double answerTokens = 1)
    {
        Estimate system = string.IsNullOrEmpty(form.SystemPrompt) ? Estimate.Zero : Of(form.SystemPrompt);
        if (form.Family == ModelFamily.Completion)
        {
            Estimate ending = new(2, 3, 4);
            return ending + Estimate.Exactly(answerTokens) + system;
        }

        // Four for each message (start, role, separator, end), three that prime the answer.
        int messages = string.IsNullOrEmpty(form.SystemPrompt) ? 2 : 3;
        return Estimate.Exactly((4 * messages) + 3 + answerTokens) + system;
    }

    /// <summary>Passes that a service makes when it is left the choice: three, fewer for more than 8,333 examples (25,000 example
    /// passes at the most) and more for less than 34 (100 at the least, 25 passes at the most), as OpenAI's data preparation
    /// notebook gives it; a service may also take one.</summary>
    public static Estimate AutomaticEpochs(long rows)
    {
        double likely = rows * 3 > 25_000 ? Math.Max(1, 25_000 / rows) : rows * 3 < 100 ? Math.Min(25, 100 / Math.Max(1, rows)) : 3;
        return new Estimate(1, likely, Math.Max(3, likely));
    }
}
