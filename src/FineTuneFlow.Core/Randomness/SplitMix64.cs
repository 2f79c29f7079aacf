using System.Runtime.CompilerServices;

namespace FineTuneFlow.Core.Randomness;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every machine and .NET version.</summary>
internal static class SplitMix64
{
    /// <summary>What the state grows by at every step: 2^64 divided by the golden ratio.</summary>
    public const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>The next 64 bits of the stream whose state is given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Next(ref ulong state) => Finish(state += Gamma);

    /// <summary>The finaliser: spreads every bit of the value over all 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
