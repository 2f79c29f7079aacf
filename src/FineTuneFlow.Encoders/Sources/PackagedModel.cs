using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Reads an encoder out of the assembly of a <see cref="WeightPackage"/>, which is never loaded as code.</summary>
public static class PackagedModel
{
    /// <summary>All models of the packages are of this head's width.</summary>
    private const int HeadWidth = 32;

    /// <exception cref="FlowException">InvalidInput: the file is missing or holds no model.</exception>
    public static EncoderCheckpoint Load(WeightPackage package, string folder)
    {
        string file = Path.Combine(folder, package.Assembly);
        if (!File.Exists(file))
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"The weights of {package.Model} are not beside the trainer ({package.Assembly})", "Build the trainer with the packages' weights, or name a folder or a model of the hub");
        }

        using PEReader image = Open(file);
        Dictionary<string, WeightTensor> weights = OnnxWeights.Read(Resource(image, ".model.onnx", package));
        string[] vocabulary = Encoding.UTF8.GetString(Resource(image, ".vocab.txt", package)).TrimEnd('\n', '\r').Split('\n');
        var tokenizer = new WordPieceTokenizer(TokenizerFiles.ReadVocabulary(vocabulary), new TokenizerOptions());
        return EncoderCheckpoint.Of(ConfigOf(package, weights), weights, tokenizer);
    }

    private static EncoderConfig ConfigOf(WeightPackage package, Dictionary<string, WeightTensor> weights)
    {
        if (!weights.TryGetValue(WeightNames.Words, out WeightTensor? words) || !weights.TryGetValue("encoder.layer.0.intermediate.dense.weight", out WeightTensor? inner))
        {
            throw new FlowException(FailureKind.InvalidInput, $"{package.Assembly} does not hold the weights of an encoder", "Restore the package again");
        }

        int hidden = words.Shape[1];
        return new EncoderConfig
        {
            Architecture = EncoderArchitecture.Bert,
            VocabularySize = words.Shape[0],
            Hidden = hidden,
            Layers = Enumerable.Range(0, 100).TakeWhile(layer => weights.ContainsKey(EncoderShapes.Layer(layer) + "output.dense.weight")).Count(),
            Heads = hidden / HeadWidth,
            Intermediate = inner.Shape[0],
            Positions = weights[WeightNames.Positions].Shape[0],
            SegmentTypes = weights[WeightNames.Segments].Shape[0],
            Pooling = package.Pooling,
        };
    }

    internal static PEReader Open(string file) => new(File.OpenRead(file), PEStreamOptions.PrefetchEntireImage);

    internal static byte[] Resource(PEReader image, string ending, WeightPackage package)
    {
        MetadataReader metadata = image.GetMetadataReader();
        foreach (ManifestResourceHandle handle in metadata.ManifestResources)
        {
            ManifestResource resource = metadata.GetManifestResource(handle);
            if (metadata.GetString(resource.Name).EndsWith(ending, StringComparison.Ordinal) && resource.Implementation.IsNil)
            {
                // The resources lie one behind the other, each after its length (ECMA-335, II.24.2.4).
                int start = image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress;
                BlobReader reader = image.GetSectionData(start).GetReader();
                reader.Offset = checked((int)resource.Offset);
                return reader.ReadBytes(reader.ReadInt32());
            }
        }

        throw new FlowException(FailureKind.InvalidInput, $"{package.Assembly} holds no {ending[1..]}", "Restore the package again");
    }
}
