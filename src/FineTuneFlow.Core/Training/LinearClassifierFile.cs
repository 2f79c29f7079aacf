using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Training;

/// <summary>The binary format of a classifier: "FTFLINEAR", version, settings, labels, slots, weights, bias, end mark;
/// little-endian.</summary>
internal static class LinearClassifierFile
{
    private const string Magic = "FTFLINEAR";
    private const int Version = 1;
    private const int EndMark = 0x0E4DF17E;

    public static void Write(LinearClassifier classifier, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        TextFeatureOptions options = classifier.Features.Options;
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(options.HashBits);
        writer.Write(options.WordNgrams);
        writer.Write(options.ShortestCharacterNgram);
        writer.Write(options.LongestCharacterNgram);
        writer.Write(options.InverseDocumentFrequency);
        writer.Write(options.MinimumDocuments);
        writer.Write(classifier.Labels.Length);
        foreach (string label in classifier.Labels)
        {
            writer.Write(label);
        }

        writer.Write(classifier.FeatureCount);
        writer.Flush();
        stream.Write(MemoryMarshal.AsBytes(classifier.Features.Buckets.AsSpan()));
        stream.Write(MemoryMarshal.AsBytes(classifier.Features.InverseDocumentFrequency.AsSpan()));
        stream.Write(MemoryMarshal.AsBytes(classifier.Weights.Values.AsSpan()));
        stream.Write(MemoryMarshal.AsBytes(classifier.Weights.Bias.AsSpan()));
        writer.Write(EndMark);
        writer.Flush();
    }

    public static LinearClassifier Read(Stream stream)
    {
        try
        {
            return ReadChecked(IsPacked(stream) ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or FormatException or OverflowException)
        {
            throw new FlowException(
                FailureKind.InvalidInput,
                "The file is not a linear classifier of this version, or it is damaged",
                "Train the model again.",
                e);
        }
    }

    /// <summary>Runs keep it packed with gzip.</summary>
    private static bool IsPacked(Stream stream)
    {
        if (!stream.CanSeek)
        {
            return false;
        }

        long start = stream.Position;
        bool packed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        return packed;
    }

    private static LinearClassifier ReadChecked(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        Expect(reader.ReadString() == Magic);
        Expect(reader.ReadInt32() == Version);
        var options = new TextFeatureOptions
        {
            HashBits = reader.ReadInt32(),
            WordNgrams = reader.ReadInt32(),
            ShortestCharacterNgram = reader.ReadInt32(),
            LongestCharacterNgram = reader.ReadInt32(),
            InverseDocumentFrequency = reader.ReadBoolean(),
            MinimumDocuments = reader.ReadInt32(),
        };
        Expect(options.HashBits is >= 8 and <= 22);
        int classes = reader.ReadInt32();
        Expect(classes is > 0 and < 1_000_000);
        ImmutableArray<string> labels = [.. Enumerable.Range(0, classes).Select(_ => reader.ReadString())];
        int slots = reader.ReadInt32();
        Expect(slots >= 0 && slots <= 1 << options.HashBits);
        int[] buckets = new int[slots];
        float[] inverse = new float[slots];
        stream.ReadExactly(MemoryMarshal.AsBytes(buckets.AsSpan()));
        stream.ReadExactly(MemoryMarshal.AsBytes(inverse.AsSpan()));
        Expect(buckets.All(bucket => bucket >= 0 && bucket < 1 << options.HashBits));
        var weights = new LinearWeights(classes, slots);
        stream.ReadExactly(MemoryMarshal.AsBytes(weights.Values.AsSpan()));
        stream.ReadExactly(MemoryMarshal.AsBytes(weights.Bias.AsSpan()));
        Expect(reader.ReadInt32() == EndMark);
        return new LinearClassifier(new FeatureTable(options, buckets, inverse), weights, labels);
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new InvalidDataException();
        }
    }
}
