using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Joins used rows whose texts are nearly the same: candidates share a MinHash band, and are then compared exactly.</summary>
internal sealed class NearDuplicates(RowTable rows, BandTable bands, TextStore texts, NearDuplicatesRecipe recipe)
{
    private readonly TextIdentity _identity = new();
    // A row comes with another of each of its bands, and the first rows of a band again and again.
    private readonly (int Row, ulong[]? Shingles)[] _kept = new (int Row, ulong[]? Shingles)[1 << 12];
    private byte[] _scratch = [];

    /// <summary>Lines of the first rows that were joined to an earlier one.</summary>
    public ImmutableArray<long> Lines { get; private set; } = [];

    public int Rows { get; private set; }

    public void Join(RowGroups groups)
    {
        var joined = new HashSet<int>();
        for (int band = 0; band < bands.Bands; band++)
        {
            var first = new Dictionary<ulong, int>();
            for (int i = 0; i < rows.Count; i++)
            {
                if (rows[i].Outcome != RowOutcome.Used || first.TryAdd(bands[i][band], i))
                {
                    continue;
                }

                // With the first of the band only: that an unlike text comes before a pair in each of its bands is so rare that
                // comparing with eight found one pair in two hundred more, in twice the time where all texts share much.
                int other = first[bands[i][band]];
                if (!groups.AreTogether(i, other) && AreNear(i, other))
                {
                    groups.Join(i, other);
                    joined.Add(i);
                    joined.Add(other);
                }
            }
        }

        Rows = joined.Count;
        Lines = [.. joined.Order().Take(FactCounts.Examples).Select(i => (long)rows[i].Line)];
    }

    private bool AreNear(int a, int b) => NearSignature.Similarity(ShinglesOf(a), ShinglesOf(b)) >= recipe.Threshold;

    private ulong[] ShinglesOf(int row)
    {
        ref (int Row, ulong[]? Shingles) slot = ref _kept[row % _kept.Length];
        if (slot.Shingles is null || slot.Row != row)
        {
            ReadOnlySpan<byte> escaped = texts.Read(rows[row].Offset, rows[row].TextLength, ref _scratch);
            byte[] text = new byte[escaped.Length];
            ReadOnlySpan<byte> plain = text.AsSpan(0, JsonText.Unescape(escaped, text));
            slot = (row, NearSignature.Shingles(Encoding.UTF8.GetString(_identity.Normalise(plain)), recipe.Shingle));
        }

        return slot.Shingles;
    }
}
