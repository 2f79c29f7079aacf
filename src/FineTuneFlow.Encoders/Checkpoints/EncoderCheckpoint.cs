using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>An encoder: its shape, weights and tokenizer.</summary>
public sealed record EncoderCheckpoint(EncoderConfig Config, EncoderWeights Weights, WordPieceTokenizer Tokenizer)
{
    /// <summary>Loads a folder in Hugging Face's form.</summary>
    /// <exception cref="FlowException">InvalidInput: not a checkpoint, not whole, or of an architecture that is not known.</exception>
    public static EncoderCheckpoint Load(string folder)
    {
        EncoderConfig config = EncoderConfigFile.Read(folder);
        WordPieceTokenizer tokenizer = TokenizerFiles.Read(folder);
        return Of(config, WeightFiles.Read(folder), tokenizer);
    }

    /// <summary>Puts the parts together.</summary>
    /// <exception cref="FlowException">InvalidInput: they do not belong together.</exception>
    public static EncoderCheckpoint Of(EncoderConfig config, IEnumerable<KeyValuePair<string, WeightTensor>> weights, WordPieceTokenizer tokenizer) =>
        tokenizer.Vocabulary.Size > config.VocabularySize
            ? throw new FlowException(
                FailureKind.InvalidInput,
                $"The checkpoint's vocabulary has {tokenizer.Vocabulary.Size} pieces; its config.json says {config.VocabularySize}",
                "Use a checkpoint whose files belong together")
            : new EncoderCheckpoint(config, EncoderWeights.Of(config, weights), tokenizer);

    /// <summary>Writes the folder so that <c>transformers</c> loads it.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        EncoderConfigFile.Write(Config, folder);
        TokenizerFiles.Write(Tokenizer, folder, Config.TrainedLength ?? Config.Positions);
        Safetensors.Write(
            Path.Combine(folder, WeightFiles.Whole),
            Weights.All.Select(weight => KeyValuePair.Create(WeightNames.ToFile(weight.Key, Config.Architecture), weight.Value)));
    }
}
