using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Numbers that look random and follow from a text and a seed alone, never from a row's place in the file.</summary>
internal static class Mixing
{
    public const ulong SplitStream = 0x9E3779B97F4A7C15;
    public const ulong ShuffleStream = 0xC2B2AE3D27D4EB4F;
    public const ulong BalanceStream = 0x165667B19E3779F9;

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014) over hash, seed and purpose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key(TextHash hash, int seed, ulong stream, int copy = 0)
    {
        ulong z = Finish(hash.High ^ Finish(unchecked((ulong)seed) + stream));
        return Finish(z ^ (hash.Low + ((ulong)copy * stream)));
    }

    /// <summary>A key as a number of [0, 1).</summary>
    public static double Unit(ulong key) => (key >> 11) * (1.0 / (1UL << 53));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
