using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Numbers that look random and follow from a text and a seed alone, never from a row's place in the file.</summary>
internal static class Mixing
{
    public const ulong SplitStream = SplitMix64.Gamma;
    public const ulong ShuffleStream = 0xC2B2AE3D27D4EB4F;
    public const ulong BalanceStream = 0x165667B19E3779F9;

    /// <summary>Over hash, seed and purpose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key(TextHash hash, int seed, ulong stream, int copy = 0)
    {
        ulong z = SplitMix64.Finish(hash.High ^ SplitMix64.Finish(unchecked((ulong)seed) + stream));
        return SplitMix64.Finish(z ^ (hash.Low + ((ulong)copy * stream)));
    }

    /// <summary>A key as a number of [0, 1).</summary>
    public static double Unit(ulong key) => (key >> 11) * (1.0 / (1UL << 53));
}
