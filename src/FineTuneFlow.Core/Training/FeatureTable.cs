namespace FineTuneFlow.Core.Training;

/// <summary>The features a classifier knows: which bucket has which slot (row of the weights), and its inverse document frequency.</summary>
internal sealed class FeatureTable
{
    private static readonly float[] LogCount = [.. Enumerable.Range(0, 256).Select(n => n == 0 ? 0f : (float)(1 + StableMath.Log(n)))];
    private readonly int[] _slotOf;
    private readonly FeatureHasher _hasher;

    public FeatureTable(TextFeatureOptions options, int[] buckets, float[] inverseDocumentFrequency)
    {
        Options = options;
        Buckets = buckets;
        InverseDocumentFrequency = inverseDocumentFrequency;
        _hasher = new FeatureHasher(options);
        _slotOf = new int[1 << options.HashBits];
        _slotOf.AsSpan().Fill(-1);
        for (int slot = 0; slot < buckets.Length; slot++)
        {
            _slotOf[buckets[slot]] = slot;
        }
    }

    public TextFeatureOptions Options { get; }

    /// <summary>Bucket of each slot.</summary>
    public int[] Buckets { get; }

    /// <summary>Weight of each slot's feature.</summary>
    public float[] InverseDocumentFrequency { get; }

    /// <summary>The known features of a text as slots and values of Euclidean length 1.</summary>
    public SparseVector Vectorise(ReadOnlySpan<char> text, FeatureScratch scratch, SparseVector vector)
    {
        _hasher.Extract(text, scratch);
        ReadOnlySpan<int> buckets = scratch.Buckets;
        ReadOnlySpan<int> counts = scratch.Counts;
        vector.Reserve(buckets.Length);
        int kept = 0;
        double squares = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            int slot = _slotOf[buckets[i]];
            if (slot >= 0)
            {
                float value = LogCount[Math.Min(counts[i], 255)] * InverseDocumentFrequency[slot];
                vector.Slots[kept] = slot;
                vector.Values[kept++] = value;
                squares += (double)value * value;
            }
        }

        vector.Count = kept;
        float scale = squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0;
        for (int i = 0; i < kept; i++)
        {
            vector.Values[i] *= scale;
        }

        return vector;
    }

    /// <summary>The table for training rows: their features, and all features of the table that is continued, which keep their slots.</summary>
    public static FeatureTable Build(IReadOnlyList<LabelledText> rows, TextFeatureOptions options, FeatureTable? from, CancellationToken ct)
    {
        var hasher = new FeatureHasher(options);
        var scratch = new FeatureScratch();
        int[] documents = new int[1 << options.HashBits];
        for (int i = 0; i < rows.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            hasher.Extract(rows[i].Text, scratch);
            foreach (int bucket in scratch.Buckets)
            {
                documents[bucket]++;
            }
        }

        var buckets = new List<int>(from?.Buckets ?? []);
        var weights = new List<float>(from?.InverseDocumentFrequency ?? []);
        foreach (int bucket in buckets)
        {
            documents[bucket] = 0;
        }

        for (int bucket = 0; bucket < documents.Length; bucket++)
        {
            if (documents[bucket] >= options.MinimumDocuments)
            {
                buckets.Add(bucket);
                weights.Add(options.InverseDocumentFrequency
                    ? (float)(StableMath.Log((1.0 + rows.Count) / (1.0 + documents[bucket])) + 1)
                    : 1f);
            }
        }

        return new FeatureTable(options, [.. buckets], [.. weights]);
    }
}
