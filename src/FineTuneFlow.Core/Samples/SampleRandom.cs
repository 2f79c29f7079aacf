using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Samples;

/// <summary>The draws of a made-up sample: the same on every machine and in every version of .NET.</summary>
internal struct SampleRandom(ulong state)
{
    private ulong _state = state;

    /// <summary>A stream of its own for a row, so that a longer sample begins with the shorter one.</summary>
    public static SampleRandom ForRow(int seed, long row) => new(SplitMix64.Finish(((ulong)(uint)seed << 32) ^ SplitMix64.Gamma) ^ SplitMix64.Finish((ulong)row + 1));

    public ulong Next() => SplitMix64.Next(ref _state);

    /// <summary>From 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)((Next() >> 32) * (ulong)count >> 32);

    /// <summary>True with the probability given.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public T Pick<T>(ReadOnlySpan<T> values) => values[Below(values.Length)];
}
