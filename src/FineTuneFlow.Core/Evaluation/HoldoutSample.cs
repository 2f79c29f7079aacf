using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A fixed random part of a large holdout, so that every candidate is judged on the same rows at a fraction of the price.</summary>
public static class HoldoutSample
{
    /// <summary>The <paramref name="rows"/> rows whose id hashes lowest with the seed, in the order given; all rows where the holdout
    /// has no more or <paramref name="rows"/> is null. Which rows are drawn depends on ids and seed alone, so a sample of a sample of
    /// the same size is that sample.</summary>
    public static IReadOnlyList<DatasetRow> Draw(IReadOnlyList<DatasetRow> holdout, int? rows, int seed)
    {
        if (rows is not { } most || holdout.Count <= most)
        {
            return holdout;
        }

        HashSet<string> drawn = [.. holdout.Select(row => row.Id)
            .OrderBy(id => Key(id, seed)).ThenBy(id => id, StringComparer.Ordinal).Take(Math.Max(0, most))];
        return [.. holdout.Where(row => drawn.Contains(row.Id))];
    }

    private static ulong Key(string id, int seed) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{id}")));
}
