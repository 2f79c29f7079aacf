using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Joins used rows whose texts are nearly the same: candidates share a MinHash band, and are then compared exactly.</summary>
internal sealed class NearDuplicates(RowTable rows, BandTable bands, TextStore texts, NearDuplicatesRecipe recipe)
{
    private readonly TextIdentity identity = new();
    private byte[] scratch = [];

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

    private bool AreNear(int a, int b) => NearSignature.Similarity(TextOf(a), TextOf(b), recipe.Shingle) >= recipe.Threshold;

    private string TextOf(int row)
    {
        byte[] json = new byte[rows[row].TextLength + 2];
        json[0] = json[^1] = (byte)'"';
        texts.Read(rows[row].Offset, rows[row].TextLength, ref scratch).CopyTo(json.AsSpan(1));
        string text = JsonSerializer.Deserialize<string>(json)!;
        return Encoding.UTF8.GetString(identity.Normalise(Encoding.UTF8.GetBytes(text)));
    }
}
