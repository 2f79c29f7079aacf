using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>Classifies texts with a trained encoder from its folder: the exported model, the tokenizer's files and
/// <c>encoder.json</c>. Safe for concurrent use.</summary>
public sealed class EncoderClassifier : IDisposable
{
    private readonly EncoderSession _session;
    private readonly WordPieceTokenizer _tokenizer;
    private readonly int _longest;

    private EncoderClassifier(EncoderSession session, WordPieceTokenizer tokenizer, EncoderFacts facts)
    {
        _session = session;
        _tokenizer = tokenizer;
        Facts = facts;
        _longest = facts.MaxLength;
    }

    public EncoderFacts Facts { get; }

    /// <summary>The classes, in the order of an answer's probabilities.</summary>
    public ImmutableArray<string> Labels => Facts.Labels;

    /// <param name="folder">Written by the trainer.</param>
    /// <param name="threads">Batches that are asked side by side; 0: as many as there are cores.</param>
    /// <exception cref="FlowException">InvalidInput: not such a folder, or not whole.</exception>
    public static EncoderClassifier Load(string folder, int threads = 0)
    {
        EncoderFacts facts = EncoderFacts.Read(folder);
        string model = Path.Combine(folder, facts.Serve);
        if (facts.Serve != Path.GetFileName(facts.Serve) || !File.Exists(model))
        {
            throw new FlowException(FailureKind.InvalidInput, $"{folder} is not whole: {facts.Serve} is missing", "Take the folder from the run again");
        }

        WordPieceTokenizer tokenizer = TokenizerFiles.Read(folder);
        return new EncoderClassifier(new EncoderSession(model, threads), tokenizer, facts);
    }

    /// <summary>The answer for one text.</summary>
    public EncoderAnswer Predict(string text) => EncoderAnswer.Of(_session.Logits([_tokenizer.Encode(text, _longest)], _tokenizer.PaddingId)[0], Labels);

    /// <summary>The answers, in the order of the texts, by all cores.</summary>
    public EncoderAnswer[] Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        int[][] pieces = new int[texts.Count][];
        Parallel.For(0, texts.Count, i => pieces[i] = _tokenizer.Encode(texts[i], _longest));
        return [.. _session.AllLogits(pieces, _tokenizer.PaddingId, cancellation).Select(logits => EncoderAnswer.Of(logits, Labels))];
    }

    public void Dispose() => _session.Dispose();
}
