using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Tells labels that are several ones in one cell (<c>food;service</c>) from a name that holds such a character
/// ("Books, Movies and Music"): the parts of the former come again, alone or in other combinations.</summary>
internal static class JoinedLabels
{
    /// <param name="labels">The names of the label indexes.</param>
    /// <param name="counts">Rows of each.</param>
    /// <returns>Rows with several labels, and one of these labels.</returns>
    public static (long Rows, string Example) Find(IReadOnlyList<string> labels, long[] counts)
    {
        bool any = false;
        for (int i = 0; i < labels.Count; i++)
        {
            any |= counts[i] > 0 && labels[i].AsSpan().IndexOfAny(LabelList.Separators) >= 0;
        }

        return any ? FindJoined(labels, counts) : (0, "");
    }

    private static (long Rows, string Example) FindJoined(IReadOnlyList<string> labels, long[] counts)
    {
        var present = Enumerable.Range(0, labels.Count).Where(i => counts[i] > 0).ToList();
        var parts = present.ToDictionary(i => i, i => LabelList.Parts(labels[i]).Select(LabelIdentity.Of).Distinct().ToArray());
        var alone = parts.Values.Where(p => p.Length == 1).Select(p => p[0]).ToHashSet();
        var together = parts.Values.Where(p => p.Length > 1).SelectMany(p => p).GroupBy(part => part).ToDictionary(group => group.Key, group => group.Count());
        bool Again(string part) => alone.Contains(part) || together.GetValueOrDefault(part) > 1;
        List<int> joined = [.. present.Where(i => parts[i].Length > 1 && parts[i].All(Again))];
        return joined.Count == 0 ? (0, "") : (joined.Sum(i => counts[i]), labels[joined.MaxBy(i => counts[i])]);
    }
}
