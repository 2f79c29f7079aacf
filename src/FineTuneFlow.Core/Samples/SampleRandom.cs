namespace FineTuneFlow.Core.Samples;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every machine and in every version of .NET.</summary>
internal struct SampleRandom(ulong state)
{
    private ulong _state = state;

    /// <summary>A stream of its own for a row, so that a longer sample begins with the shorter one.</summary>
    public static SampleRandom ForRow(int seed, long row) => new(Mix(((ulong)(uint)seed << 32) ^ 0x9E37_79B9_7F4A_7C15UL) ^ Mix((ulong)row + 1));

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15UL;
        return Mix(_state);
    }

    /// <summary>From 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)((Next() >> 32) * (ulong)count >> 32);

    /// <summary>True with the probability given.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public T Pick<T>(ReadOnlySpan<T> values) => values[Below(values.Length)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return z ^ (z >> 31);
    }
}
