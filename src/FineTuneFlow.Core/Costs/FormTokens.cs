using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Costs;

/// <summary>Exact tokens of rows in a training form, as services bill them: a chat message takes three tokens of framing and one for
/// its role, an example or question three more (OpenAI's cookbook, "How to count tokens"); prompts and completions take what they hold.</summary>
public static class FormTokens
{
    /// <summary>Framing of one chat message, its role included.</summary>
    public const int PerMessage = 4;

    /// <summary>What a chat takes beside its messages.</summary>
    public const int PerChat = 3;

    /// <summary>Billed tokens of one training example, once.</summary>
    public static int OfExample(TokenCounter counter, TrainingForm form, string text, string label)
    {
        if (form.Family == ModelFamily.Completion)
        {
            return counter.Count(form.Prompt(text)) + counter.Count(TrainingForm.CompletionStart + label) + 1;
        }

        int system = string.IsNullOrEmpty(form.SystemPrompt) ? 0 : PerMessage + counter.Count(form.SystemPrompt);
        return PerChat + system + PerMessage + counter.Count(text) + PerMessage + counter.Count(label);
    }
}
