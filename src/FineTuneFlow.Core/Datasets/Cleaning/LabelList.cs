using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Cells that hold a list of labels, as JSON and Python write them: <c>["a", "b"]</c>, <c>['a']</c>, <c>[1, 2]</c>; and,
/// where the recipe has said what is to be done with several labels, <c>a;b</c>, <c>a|b</c> and <c>a,b</c>.</summary>
internal static class LabelList
{
    public static readonly char[] Separators = [';', '|', ','];

    /// <param name="label">The tidied cell.</param>
    /// <param name="several">Whether separators outside brackets are taken for those of a list.</param>
    /// <param name="names">The labels; none for an empty list.</param>
    public static bool TryRead(string label, SeveralLabels several, out string[] names)
    {
        if (label is ['[', .., ']'])
        {
            return TryReadBrackets(label[1..^1], out names);
        }

        names = several == SeveralLabels.Refuse ? [] : Parts(label);
        return names.Length > 1;
    }

    /// <summary>The parts between separators, of which only the first that occurs counts.</summary>
    public static string[] Parts(string label)
    {
        foreach (char separator in Separators)
        {
            if (label.Contains(separator, StringComparison.Ordinal))
            {
                return label.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [label];
    }

    private static bool TryReadBrackets(string inside, out string[] names)
    {
        var found = new List<string>();
        names = [];
        int at = 0;
        while (true)
        {
            while (at < inside.Length && inside[at] is ' ' or ',')
            {
                at++;
            }

            if (at >= inside.Length)
            {
                names = [.. found.Distinct()];
                return true;
            }

            int end;
            if (inside[at] is '"' or '\'')
            {
                end = inside.IndexOf(inside[at], at + 1);
                if (end < 0)
                {
                    return false;
                }

                found.Add(LabelReader.Tidy(inside[(at + 1)..end]));
                at = end + 1;
                continue;
            }

            end = inside.IndexOf(',', at);
            end = end < 0 ? inside.Length : end;
            found.Add(LabelReader.Tidy(inside[at..end]));
            at = end;
        }
    }
}
