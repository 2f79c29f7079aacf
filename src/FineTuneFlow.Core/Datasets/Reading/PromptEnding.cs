using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>OpenAI's prompt/completion files end every prompt in the same way (<c>\n\n###\n\n</c>, <c> -></c>), and may end every
/// completion in a stop sequence. Neither is part of the text or the label: a run adds its own.</summary>
internal static class PromptEnding
{
    private const int MostRows = 500;
    private const int FewestRows = 5;
    private const int Longest = 100;

    private static readonly string[] Stops = [" END", "END", " ###", "\n###", "###", "<|endoftext|>", "\n"];

    /// <summary>What all first prompts end in, where that is a separator; empty where it is none.</summary>
    public static byte[] OfPrompts(TableReader table, int column)
    {
        List<string> prompts = Values(table, column);
        if (prompts.Count < FewestRows || prompts.Distinct().Count() < 2)
        {
            return [];
        }

        string ending = prompts[0];
        foreach (string prompt in prompts)
        {
            int same = 0;
            while (same < Math.Min(ending.Length, prompt.Length) && ending[^(same + 1)] == prompt[^(same + 1)])
            {
                same++;
            }

            ending = ending[^same..];
        }

        // "Label:" behind a line break is a separator, a word that happens to end every text is not.
        int start = ending.IndexOf('\n', StringComparison.Ordinal);
        int letters = ending.ToList().FindLastIndex(char.IsLetterOrDigit);
        ending = ending.Length > Longest ? "" : start >= 0 ? ending[start..] : ending[(letters + 1)..];
        return ending.Trim().Length >= 2 || ending.StartsWith('\n') ? Encoding.UTF8.GetBytes(ending) : [];
    }

    /// <summary>The stop sequence that all first completions end in; empty where there is none.</summary>
    public static byte[] OfCompletions(TableReader table, int column)
    {
        List<string> completions = Values(table, column);
        string? stop = completions.Count < FewestRows ? null : Stops.FirstOrDefault(stop => completions.All(c => c.Length > stop.Length && c.EndsWith(stop, StringComparison.Ordinal)));
        return stop is null ? [] : Encoding.UTF8.GetBytes(stop);
    }

    private static List<string> Values(TableReader table, int column)
    {
        var values = new List<string>();
        byte[] scratch = [];
        for (int r = 0; r < Math.Min(MostRows, table.FirstBatch.RecordCount); r++)
        {
            TableRecord record = table.FirstBatch.Records[r];
            if (record.Problem is null && record.Fields > column
                && FieldValue.Of(table.FirstBatch, table.FirstBatch.Fields[record.FirstField + column], ref scratch) is { IsEmpty: false } value)
            {
                values.Add(Encoding.UTF8.GetString(value));
            }
        }

        return values;
    }
}
