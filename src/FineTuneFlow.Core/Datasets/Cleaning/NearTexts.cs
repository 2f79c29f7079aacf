using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Tells which of a few texts are nearly the same, by the measure that near-duplicates of a data set are found by.</summary>
public static class NearTexts
{
    /// <param name="texts">As cleaned.</param>
    /// <param name="recipe">What counts as nearly the same.</param>
    /// <returns>For each text the place of the first one that it is nearly the same as; its own place where there is none.</returns>
    public static ImmutableArray<int> FirstOf(IReadOnlyList<string> texts, NearDuplicatesRecipe recipe)
    {
        var identity = new TextIdentity();
        var signature = new NearSignature(recipe.Threshold, recipe.Shingle);
        var leaders = new Dictionary<(int Band, ulong Key), List<int>>();
        ulong[][] shingles = new ulong[texts.Count][];
        var bands = new ulong[signature.Bands];
        ImmutableArray<int>.Builder first = ImmutableArray.CreateBuilder<int>(texts.Count);
        for (int i = 0; i < texts.Count; i++)
        {
            ReadOnlySpan<byte> normalised = identity.Normalise(Encoding.UTF8.GetBytes(texts[i]));
            shingles[i] = NearSignature.Shingles(Encoding.UTF8.GetString(normalised), recipe.Shingle);
            signature.Compute(normalised, bands);
            int found = Leader(i);
            first.Add(found);
            if (found == i)
            {
                for (int band = 0; band < bands.Length; band++)
                {
                    if (!leaders.TryGetValue((band, bands[band]), out List<int>? alike))
                    {
                        leaders[(band, bands[band])] = alike = [];
                    }

                    alike.Add(i);
                }
            }
        }

        return first.MoveToImmutable();

        int Leader(int place)
        {
            for (int band = 0; band < bands.Length; band++)
            {
                foreach (int other in leaders.GetValueOrDefault((band, bands[band])) ?? [])
                {
                    if (NearSignature.Similarity(shingles[place], shingles[other]) >= recipe.Threshold)
                    {
                        return other;
                    }
                }
            }

            return place;
        }
    }
}
