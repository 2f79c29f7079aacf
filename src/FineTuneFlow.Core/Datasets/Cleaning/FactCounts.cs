using System.Collections.Immutable;
using System.Numerics;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>How many texts each fact was noticed in, with the first lines.</summary>
internal sealed class FactCounts
{
    public const int Examples = 10;
    private const int Kinds = 16;
    private readonly long[] _counts = new long[Kinds];
    private readonly List<long>?[] _lines = new List<long>?[Kinds];

    public void Add(TextFacts facts, long line)
    {
        for (int left = (int)facts; left != 0; left &= left - 1)
        {
            int kind = BitOperations.TrailingZeroCount(left);
            _counts[kind]++;
            List<long> first = _lines[kind] ??= [];
            if (first.Count < Examples)
            {
                first.Add(line);
            }
        }
    }

    public long this[TextFacts fact] => _counts[BitOperations.TrailingZeroCount((int)fact)];

    public ImmutableArray<long> Lines(TextFacts fact) => [.. _lines[BitOperations.TrailingZeroCount((int)fact)] ?? []];
}
