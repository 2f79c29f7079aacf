using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>MinHash bands of a text's character shingles (Broder 1997; banding as in Leskovec, Rajaraman and Ullman, "Mining of
/// Massive Datasets", chapter 3). Each thread has its own.</summary>
internal sealed class NearSignature
{
    private const int Permutations = 128;
    private static readonly uint[] Multipliers = [.. Enumerable.Range(1, Permutations).Select(i => (uint)SplitMix64.Finish((ulong)i * SplitMix64.Gamma) | 1)];
    private static readonly uint[] Offsets = [.. Enumerable.Range(1, Permutations).Select(i => (uint)SplitMix64.Finish((ulong)i * 0xD6E8FEB86659FD93))];

    private readonly int _shingle;
    private readonly int _rowsPerBand;
    private readonly uint[] _minima = new uint[Permutations];
    private char[] _characters = new char[1024];

    /// <param name="threshold">Similarity that must be found; fewer rows a band find lower ones.</param>
    /// <param name="shingle">Characters a shingle.</param>
    public NearSignature(double threshold, int shingle)
    {
        _shingle = shingle;
        _rowsPerBand = RowsPerBand(threshold);
        Bands = BandsFor(threshold);
    }

    public int Bands { get; }

    public static int BandsFor(double threshold) => Permutations / RowsPerBand(threshold);

    /// <summary>The bands of a normalised text.</summary>
    public void Compute(ReadOnlySpan<byte> normalised, Span<ulong> bands)
    {
        if (_characters.Length < normalised.Length)
        {
            _characters = new char[normalised.Length * 2];
        }

        int length = Encoding.UTF8.GetChars(normalised, _characters);
        Array.Fill(_minima, uint.MaxValue);
        int last = Math.Max(0, length - _shingle);
        for (int i = 0; i <= last; i++)
        {
            Lower(Hash(_characters.AsSpan(i, Math.Min(_shingle, length - i))));
        }

        for (int band = 0; band < Bands; band++)
        {
            ulong key = (ulong)band + 1;
            for (int i = 0; i < _rowsPerBand; i++)
            {
                key = SplitMix64.Finish(key ^ _minima[(band * _rowsPerBand) + i]);
            }

            bands[band] = key;
        }
    }

    /// <summary>The Jaccard similarity of two sets of shingles.</summary>
    public static double Similarity(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        int common = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            ulong first = a[i];
            ulong second = b[j];
            common += first == second ? 1 : 0;
            i += first <= second ? 1 : 0;
            j += second <= first ? 1 : 0;
        }

        return (double)common / Math.Max(1, a.Length + b.Length - common);
    }

    /// <summary>The different shingles of a normalised text, hashed and in ascending order.</summary>
    public static ulong[] Shingles(string text, int shingle)
    {
        ulong[] hashes = new ulong[Math.Max(0, text.Length - shingle) + 1];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Hash(text.AsSpan(i, Math.Min(shingle, text.Length - i)));
        }

        Array.Sort(hashes);
        int different = 1;
        for (int i = 1; i < hashes.Length; i++)
        {
            if (hashes[i] != hashes[i - 1])
            {
                hashes[different++] = hashes[i];
            }
        }

        return hashes[..different];
    }

    private void Lower(ulong hash)
    {
        uint h = (uint)(hash ^ (hash >> 32));
        var value = new Vector<uint>(h);
        Span<Vector<uint>> low = MemoryMarshal.Cast<uint, Vector<uint>>(_minima.AsSpan());
        ReadOnlySpan<Vector<uint>> a = MemoryMarshal.Cast<uint, Vector<uint>>(Multipliers.AsSpan());
        ReadOnlySpan<Vector<uint>> b = MemoryMarshal.Cast<uint, Vector<uint>>(Offsets.AsSpan());
        for (int i = 0; i < low.Length; i++)
        {
            low[i] = Vector.Min(low[i], (a[i] * value) + b[i]);
        }
    }

    private static ulong Hash(ReadOnlySpan<char> shingle)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in shingle)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return SplitMix64.Finish(hash);
    }

    /// <summary>At the threshold a pair is found with more than 98 % probability, for thresholds of 0.6 and up.</summary>
    private static int RowsPerBand(double threshold) => threshold >= 0.84 ? 8 : threshold >= 0.7 ? 5 : 4;
}
