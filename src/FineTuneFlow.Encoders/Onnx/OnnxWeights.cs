using System.Runtime.InteropServices;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Reads the weights out of an ONNX file that PyTorch has exported from a BERT. Biases, norms and embeddings keep their
/// names there; the weights of linear layers are stored input x output under names of the exporter, and are named after the bias
/// that is added to their product.</summary>
internal static class OnnxWeights
{
    /// <exception cref="FlowException">InvalidInput: not such a file.</exception>
    public static Dictionary<string, WeightTensor> Read(byte[] model)
    {
        try
        {
            return Graph(model);
        }
        catch (Exception error) when (error is InvalidDataException or OverflowException)
        {
            throw new FlowException(FailureKind.InvalidInput, "The package's ONNX file cannot be read", "Restore the package again", error);
        }
    }

    private static Dictionary<string, WeightTensor> Graph(byte[] model)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        var products = new Dictionary<string, string>(StringComparer.Ordinal);
        var sums = new List<string[]>();
        var outer = new ProtoReader(model);
        while (outer.Next())
        {
            if (outer.Field != 7)
            {
                continue;
            }

            var graph = new ProtoReader(outer.Bytes);
            while (graph.Next())
            {
                if (graph.Field == 5)
                {
                    Tensor(graph.Bytes, tensors);
                }
                else if (graph.Field == 1)
                {
                    Node(graph.Bytes, products, sums);
                }
            }
        }

        foreach (string[] sum in sums)
        {
            string? product = sum.FirstOrDefault(products.ContainsKey);
            string? bias = sum.FirstOrDefault(input => input.EndsWith(".bias", StringComparison.Ordinal));
            if (product is not null && bias is not null && tensors.Remove(products[product], out WeightTensor? weight))
            {
                tensors[bias[..^".bias".Length] + ".weight"] = weight.Transposed();
            }
        }

        return tensors;
    }

    private static void Tensor(ReadOnlySpan<byte> bytes, Dictionary<string, WeightTensor> tensors)
    {
        var shape = new List<int>();
        long type = 0;
        string name = "";
        ReadOnlySpan<byte> raw = default;
        var tensor = new ProtoReader(bytes);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1 when tensor.Bytes.IsEmpty:
                    shape.Add(checked((int)tensor.Whole));
                    break;
                case 1:
                    Packed(tensor.Bytes, shape);
                    break;
                case 2:
                    type = tensor.Whole;
                    break;
                case 4 or 9:
                    raw = tensor.Bytes;
                    break;
                case 8:
                    name = tensor.Text;
                    break;
            }
        }

        const int Single = 1;
        if (type == Single && raw.Length == WeightTensor.Count(shape) * 4)
        {
            tensors[name] = new WeightTensor([.. shape], MemoryMarshal.Cast<byte, float>(raw).ToArray());
        }
    }

    /// <summary>Dimensions that stand together: each a number whose last byte is below 128.</summary>
    private static void Packed(ReadOnlySpan<byte> bytes, List<int> shape)
    {
        int value = 0;
        int shift = 0;
        foreach (byte part in bytes)
        {
            value |= (part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                shape.Add(value);
                value = 0;
                shift = 0;
            }
        }
    }

    private static void Node(ReadOnlySpan<byte> bytes, Dictionary<string, string> products, List<string[]> sums)
    {
        var inputs = new List<string>();
        string output = "";
        string type = "";
        var node = new ProtoReader(bytes);
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text);
                    break;
                case 2:
                    output = node.Text;
                    break;
                case 4:
                    type = node.Text;
                    break;
            }
        }

        if (type == "MatMul")
        {
            products[output] = inputs[1];
        }
        else if (type == "Add")
        {
            sums.Add([.. inputs]);
        }
    }
}
