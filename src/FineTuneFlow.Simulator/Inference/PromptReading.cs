using System.Globalization;
using System.Text.RegularExpressions;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>What an untuned model finds in a prompt: the labels to choose from, examples with their answers, and the text.</summary>
internal sealed partial record PromptReading(IReadOnlyList<string> Labels, IReadOnlyList<LabelledText> Shots, string Text)
{
    private const int MostLabels = 300;

    public static PromptReading Of(IReadOnlyList<ChatMessage> messages)
    {
        var shots = new List<LabelledText>();
        string text = "";
        string instructions = "";
        foreach (ChatMessage message in messages)
        {
            if (message.Role == "assistant" && text.Length > 0)
            {
                shots.Add(new LabelledText(text, Announced().Replace(message.Content, "")));
                text = "";
            }
            else if (message.Role is "system" or "developer")
            {
                instructions += message.Content + "\n";
            }
            else if (message.Role != "assistant")
            {
                text = message.Content;
            }
        }

        // "... write on a last line "label: " and one of the labels: a, b": what is to be written before the label is none itself.
        List<string> labels = LabelsIn(Announcement().Replace(instructions, ""));
        if (labels.Count < 2)
        {
            labels = LabelsIn(text);
        }

        List<string> shown = [.. shots.Select(shot => shot.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new PromptReading(labels.Count >= 2 ? [.. labels.Union(shown, StringComparer.Ordinal)] : shown, shots, text);
    }

    /// <summary>"from 1 to 5", "one of: a, b or c", a list of lines with dashes, or words in quotation marks.</summary>
    private static List<string> LabelsIn(string instructions)
    {
        Match list = Listed().Match(instructions);
        if (list.Success)
        {
            List<string> named = [.. Separators().Split(list.Groups[1].Value)
                .Select(label => label.Trim(' ', '.', '"', '\'', '`', '\n', '\r', '-', '*', '[', ']', '(', ')'))
                .Where(label => label.Length is > 0 and <= 60)
                .Distinct(StringComparer.Ordinal)
                .Take(MostLabels)];
            if (named.Count >= 2)
            {
                return named;
            }
        }

        Match range = Range().Match(instructions);
        if (range.Success)
        {
            int low = int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
            int high = int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture);
            if (high > low && high - low <= 10)
            {
                return [.. Enumerable.Range(low, high - low + 1).Select(number => number.ToString(CultureInfo.InvariantCulture))];
            }
        }

        List<string> quoted = [.. Quoted().Matches(instructions).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];
        return quoted.Count >= 2 ? quoted : [];
    }

    [GeneratedRegex(
        @"(?:one of|labels?|categories|classes|options|choose from|choose between)[^:\n]{0,60}:\s*\n?"
            + @"((?:[^\n.]+(?:\n\s*[-*]\s*[^\n]+)*)|(?:\s*[-*]\s*[^\n]+\n?)+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Listed();

    [GeneratedRegex("[\"“](?:label|answer|class|category): ?[\"”]", RegexOptions.IgnoreCase)]
    private static partial Regex Announcement();

    [GeneratedRegex(@"^(?:.*\n)*\s*(?:label|answer|class|category):\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Announced();

    [GeneratedRegex(@"\s*(?:,|;|\||\n|\bor\b|\band\b)\s*")]
    private static partial Regex Separators();

    [GeneratedRegex(@"\b(\d{1,2})\s*(?:-|–|to|and|through)\s*(\d{1,2})\b")]
    private static partial Regex Range();

    [GeneratedRegex("[\"'`“]([^\"'`”\\n]{1,40})[\"'`”]")]
    private static partial Regex Quoted();
}
