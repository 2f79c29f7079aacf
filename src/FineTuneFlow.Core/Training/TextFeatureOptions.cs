namespace FineTuneFlow.Core.Training;

/// <summary>How a text becomes a sparse vector: n-grams of words and of characters inside words, hashed into
/// 2^<see cref="HashBits"/> buckets, sub-linear counts, optionally weighted by inverse document frequency, length 1.</summary>
public sealed record TextFeatureOptions
{
    /// <summary>Buckets as a power of two, 8 to 22.</summary>
    public int HashBits { get; init; } = 18;

    /// <summary>Longest word n-gram, 0 (none) to 3.</summary>
    public int WordNgrams { get; init; } = 2;

    /// <summary>Shortest character n-gram, 1 to 8. Words are padded with a space on both sides.</summary>
    public int ShortestCharacterNgram { get; init; } = 3;

    /// <summary>Longest character n-gram, up to 8; 0 for none.</summary>
    public int LongestCharacterNgram { get; init; } = 5;

    /// <summary>Whether features are weighted by ln((1 + n) / (1 + df)) + 1, scikit-learn's smoothed form.</summary>
    public bool InverseDocumentFrequency { get; init; } = true;

    /// <summary>Features found in fewer training texts are left out.</summary>
    public int MinimumDocuments { get; init; } = 1;

    internal void Check()
    {
        LinearTrainingOptions.Require(HashBits is >= 8 and <= 22, "features.hashBits", "8 to 22");
        LinearTrainingOptions.Require(WordNgrams is >= 0 and <= 3, "features.wordNgrams", "0 to 3");
        LinearTrainingOptions.Require(ShortestCharacterNgram is >= 1 and <= 8, "features.shortestCharacterNgram", "1 to 8");
        LinearTrainingOptions.Require(LongestCharacterNgram is >= 0 and <= 8, "features.longestCharacterNgram", "0 to 8");
        LinearTrainingOptions.Require(WordNgrams > 0 || LongestCharacterNgram > 0, "features", "word or character n-grams");
        LinearTrainingOptions.Require(MinimumDocuments >= 1, "features.minimumDocuments", "at least 1");
    }
}
