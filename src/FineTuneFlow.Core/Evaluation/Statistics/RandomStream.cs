using System.Numerics;
using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64: the same numbers on every machine and .NET version,
/// and a stream of its own for every resample, so that threads cannot change a result.</summary>
internal struct RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public RandomStream(ulong seed, ulong stream)
    {
        ulong state = seed ^ BitOperations.RotateLeft(stream * 0xD1342543DE82EF95, 32) ^ stream;
        _s0 = SplitMix64.Next(ref state);
        _s1 = SplitMix64.Next(ref state);
        _s2 = SplitMix64.Next(ref state);
        _s3 = SplitMix64.Next(ref state);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="below"/>); D. Lemire's multiplication, whose bias below 2^-32 is of no account here.</summary>
    public int NextInt(int below) => (int)(((Next() >> 32) * (ulong)below) >> 32);

    private ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }
}
