using System.Globalization;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Writes an encoder with its classifier as an ONNX model: inputs <c>input_ids</c> and <c>attention_mask</c> (whole numbers,
/// batch x length), output <c>logits</c> (batch x labels). Only operators of ONNX's own set, so that any runtime takes it.</summary>
public static class OnnxExport
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Logits = "logits";

    /// <summary>Writes beside the file's final name first.</summary>
    public static void Write(EncoderConfig config, EncoderWeights weights, string file, OnnxPrecision precision)
    {
        var graph = new OnnxGraph();
        var layers = new OnnxLayers(graph, config, weights, precision);
        string state = layers.Embeddings(Ids);
        string bias = layers.MaskBias(Mask);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            state = layers.Layer(state, bias, layer);
        }

        layers.Head(layers.Pool(state, Mask), Logits);
        using (var stream = new FileStream(file + ".part", FileMode.Create, FileAccess.Write))
        {
            graph.Write(stream, [Ids, Mask], Logits, config.Labels.Length, new Dictionary<string, string>
            {
                ["architecture"] = config.Architecture.ToString(),
                ["pooling"] = config.Pooling.ToString(),
                ["precision"] = precision.ToString(),
                ["labels"] = config.Labels.Length.ToString(CultureInfo.InvariantCulture),
            });
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".part", file, overwrite: true);
    }
}
