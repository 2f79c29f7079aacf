using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Encoders.Serving;

namespace FineTuneFlow.Cli.Commands;

/// <summary>A model of the product's own, read from files and asked without a host. Encoders and ONNX Runtime are loaded with the
/// first encoder, so that no other command waits for them.</summary>
internal sealed class OfflineModel : IDisposable
{
    private readonly Func<IReadOnlyList<string>, CancellationToken, double[][]> _probabilities;
    private readonly IDisposable? _held;

    private OfflineModel(ImmutableArray<string> labels, Func<IReadOnlyList<string>, CancellationToken, double[][]> probabilities, IDisposable? held = null)
    {
        Labels = labels;
        _probabilities = probabilities;
        _held = held;
    }

    public ImmutableArray<string> Labels { get; }

    /// <param name="path">The folder of an encoder, or the file of a linear model.</param>
    /// <exception cref="FlowException">InvalidInput: neither of them, or not whole.</exception>
    public static OfflineModel Load(string path)
    {
        if (Directory.Exists(path))
        {
            return Encoder(path);
        }

        if (!File.Exists(path))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"there is no model at {path}", "Name an encoder's folder (with encoder.json) or a linear model's file (model.bin)", Field: "--model"));
        }

        using FileStream file = File.OpenRead(path);
        var linear = LinearClassifier.Load(file);
        return new OfflineModel(linear.Labels, (texts, _) => [.. texts.Select(linear.Probabilities)]);
    }

    /// <summary>Of each text the probability of each label, in the order of <see cref="Labels"/>.</summary>
    public double[][] Probabilities(IReadOnlyList<string> texts, CancellationToken cancellation) => _probabilities(texts, cancellation);

    public void Dispose() => _held?.Dispose();

    private static OfflineModel Encoder(string folder)
    {
        var encoder = EncoderClassifier.Load(folder);
        return new OfflineModel(encoder.Labels, (texts, cancellation) => [.. encoder.Predict(texts, cancellation).Select(answer => answer.Probabilities.ToArray())], encoder);
    }
}
