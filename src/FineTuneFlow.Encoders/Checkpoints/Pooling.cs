namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>How the vectors of a text's pieces become the vector of the text.</summary>
public enum Pooling
{
    /// <summary>The vector of the first piece, [CLS], as BERT and DistilBERT were meant.</summary>
    Cls,
    /// <summary>The mean over all pieces, as models for sentence embeddings (MiniLM, gte, e5) were trained.</summary>
    Mean,
}
