using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Training;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine and runtime version.</summary>
public sealed class StableRandom(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => SplitMix64.Next(ref _state);

    /// <summary>From 0 to below <paramref name="limit"/>, which is above 0.</summary>
    public int Below(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Fisher-Yates.</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
