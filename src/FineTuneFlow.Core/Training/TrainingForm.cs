using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Core.Training;

/// <summary>How a row is put to a model, in training files and at inference alike: the one place that knows prompt endings,
/// the completion's leading space and the chat form.</summary>
/// <param name="Family">Chat models take messages; completion models (babbage-002, davinci-002) take a prompt.</param>
/// <param name="SystemPrompt">Chat: the system message. Completion: text before the prompt. Null or empty: none.</param>
public sealed record TrainingForm(ModelFamily Family, string? SystemPrompt = null)
{
    /// <summary>Marks where the text ends and the answer begins, so that a completion model does not continue the text.</summary>
    public const string PromptEnding = "\n\n###\n\n";

    /// <summary>Completions begin with a space because " 1" is one token of running text, and another one than "1".</summary>
    public const string CompletionStart = " ";

    /// <summary>Short name for files: chat, completion, or with eight digits of the system prompt's hash.</summary>
    public string Key
    {
        get
        {
            string family = Family == ModelFamily.Chat ? "chat" : "completion";
            return string.IsNullOrEmpty(SystemPrompt)
                ? family
                : $"{family}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SystemPrompt)))[..8]}";
        }
    }

    /// <summary>The prompt of a completion model for a text.</summary>
    public string Prompt(string text) =>
        string.IsNullOrEmpty(SystemPrompt) ? text + PromptEnding : SystemPrompt + "\n\n" + text + PromptEnding;

    /// <summary>The form that a model takes, by its name or the base inside a fine-tune's name (<c>ft:babbage-002:...</c>).</summary>
    public static ModelFamily FamilyOf(string model) =>
        model.Contains("babbage-002", StringComparison.Ordinal) || model.Contains("davinci-002", StringComparison.Ordinal)
            ? ModelFamily.Completion
            : ModelFamily.Chat;
}

public enum ModelFamily { Chat, Completion }
