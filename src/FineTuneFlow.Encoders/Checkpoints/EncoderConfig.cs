using System.Collections.Immutable;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>The shape of an encoder, read from <c>config.json</c> by <see cref="EncoderConfigFile"/>.</summary>
public sealed record EncoderConfig
{
    public required EncoderArchitecture Architecture { get; init; }
    /// <summary>Entries of the word embeddings.</summary>
    public required int VocabularySize { get; init; }
    /// <summary>Width of a piece's vector.</summary>
    public required int Hidden { get; init; }
    public required int Layers { get; init; }
    /// <summary>Attention heads; they divide <see cref="Hidden"/>.</summary>
    public required int Heads { get; init; }
    /// <summary>Width inside the feed-forward layers.</summary>
    public required int Intermediate { get; init; }
    /// <summary>The longest text in pieces, start and end included.</summary>
    public required int Positions { get; init; }
    /// <summary>Kinds of segments; only the first is used. 0 for DistilBERT.</summary>
    public int SegmentTypes { get; init; } = 2;
    public double NormEpsilon { get; init; } = 1e-12;
    public Activation Activation { get; init; } = Activation.Gelu;
    /// <summary>Share of a hidden vector that training drops; 0 to 1.</summary>
    public double Dropout { get; init; } = 0.1;
    public double AttentionDropout { get; init; } = 0.1;
    /// <summary>Before the classifier.</summary>
    public double HeadDropout { get; init; } = 0.1;
    public Pooling Pooling { get; init; } = Pooling.Cls;
    /// <summary>The classes, in the order of the logits; empty for an encoder that was not trained to classify.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];
    /// <summary>The length in pieces that the model was trained with; null for one that was not trained here.</summary>
    public int? TrainedLength { get; init; }

    /// <summary>Whether a dense layer stands between pooling and classifier: BERT's pooler, DistilBERT's pre_classifier. The mean of
    /// all pieces goes straight to the classifier.</summary>
    public bool HasDenseHead => Pooling == Pooling.Cls || Architecture == EncoderArchitecture.DistilBert;

    public int HeadWidth => Hidden / Heads;
}
