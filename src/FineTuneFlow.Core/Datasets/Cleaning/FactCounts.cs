using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>How many texts each fact was noticed in, with the first lines.</summary>
internal sealed class FactCounts
{
    public const int Examples = 10;
    private readonly Dictionary<TextFacts, (long Count, List<long> Lines)> counts = [];

    public void Add(TextFacts facts, long line)
    {
        for (int bit = 0; bit < 16; bit++)
        {
            var fact = (TextFacts)(1 << bit);
            if ((facts & fact) == 0)
            {
                continue;
            }

            var (count, lines) = counts.GetValueOrDefault(fact, (0, []));
            if (lines.Count < Examples)
            {
                lines.Add(line);
            }

            counts[fact] = (count + 1, lines);
        }
    }

    public long this[TextFacts fact] => counts.GetValueOrDefault(fact, (0, [])).Count;

    public ImmutableArray<long> Lines(TextFacts fact) => [.. counts.GetValueOrDefault(fact, (0, [])).Lines];
}
