using System.Runtime.InteropServices;

namespace FineTuneFlow.Simulation;

/// <summary>Everything that a seed decides. A draw depends on the seed, on what it is for and on how often that was asked before,
/// and not on the order of the draws, so that threads cannot change what a seed does.</summary>
internal sealed class Chance(int seed)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);

    public int Seed => seed;

    /// <summary>From 0 to below 1.</summary>
    public double Next(string what)
    {
        int times;
        lock (_gate)
        {
            times = ++CollectionsMarshal.GetValueRefOrAddDefault(_asked, what, out _);
        }

        ulong hash = 14695981039346656037;
        foreach (char letter in what)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        hash ^= ((ulong)(uint)seed << 32) | (uint)times;
        // Mixed as in SplitMix64, so that neighbouring seeds have nothing in common.
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        return ((hash ^ (hash >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    public bool Hits(string what, double probability) => Next(what) < probability;

    public int Below(string what, int limit) => (int)(Next(what) * limit);

    /// <summary>Even between the two.</summary>
    public TimeSpan Between(string what, double leastSeconds, double mostSeconds) =>
        TimeSpan.FromTicks((long)((leastSeconds + (Next(what) * (mostSeconds - leastSeconds))) * TimeSpan.TicksPerSecond));

    /// <summary>Even in the logarithm: moments of all magnitudes.</summary>
    public TimeSpan Magnitude(string what, double leastSeconds, double mostSeconds) =>
        TimeSpan.FromTicks((long)(leastSeconds * Math.Pow(mostSeconds / leastSeconds, Next(what)) * TimeSpan.TicksPerSecond));
}
