using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>An upload form as bytes around the escaped text: before it, and behind it for each label.</summary>
internal sealed record LineTemplate(string Form, byte[] Before, byte[][] Behind)
{
    private const string Mark = "\u0001";

    public static LineTemplate For(TrainingForm form, IReadOnlyList<string> labels)
    {
        if (form.Family == ModelFamily.Chat)
        {
            string system = string.IsNullOrEmpty(form.SystemPrompt)
                ? ""
                : $"{{\"role\":\"system\",\"content\":\"{Escaped(form.SystemPrompt)}\"}},";
            return new LineTemplate(
                form.Key,
                Utf8($"{{\"messages\":[{system}{{\"role\":\"user\",\"content\":\""),
                [.. labels.Select(label => Utf8($"\"}},{{\"role\":\"assistant\",\"content\":\"{Escaped(label)}\"}}]}}\n"))]);
        }

        string prompt = form.Prompt(Mark);
        int at = prompt.LastIndexOf(Mark, StringComparison.Ordinal);
        return new LineTemplate(
            form.Key,
            Utf8($"{{\"prompt\":\"{Escaped(prompt[..at])}"),
            [
                .. labels.Select(label =>
                    Utf8($"{Escaped(prompt[(at + 1)..])}\",\"completion\":\"{Escaped(TrainingForm.CompletionStart + label)}\"}}\n")),
            ]);
    }

    private static string Escaped(string text) => Encoding.UTF8.GetString(JsonText.Escape(text));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
