using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Linear layers, in single precision or with weights of eight bits. Quantised weights use seven of the bits (-64 to 63), one scale
/// an output: processors with AVX2 alone add pairs of products in sixteen bits, which would overflow with all eight.</summary>
internal sealed class OnnxLinear(OnnxGraph graph, OnnxPrecision precision)
{
    private const float Steps = 63;
    private string? _quantizedOf;
    private string[] _quantized = [];

    /// <summary>Weight times state plus bias; the weight is output x input, as PyTorch keeps it, and the state's last dimension the input.</summary>
    public string Of(string state, string name, WeightTensor weight, WeightTensor bias) =>
        precision == OnnxPrecision.Exact ? Exact(state, name, weight, bias) : Quantized(state, name, weight, bias);

    public string Exact(string state, string name, WeightTensor weight, WeightTensor bias)
    {
        string product = graph.Node("MatMul", [state, graph.Constant(name + ".turned", weight.Transposed())]);
        return graph.Node("Add", [product, graph.Constant(name + ".bias", bias)]);
    }

    /// <summary>The named rows of a table that is kept in eight bits with one scale a row.</summary>
    public string QuantizedRows(string name, WeightTensor table, string rows)
    {
        (sbyte[] values, float[] scales) = Quantize(table, 127);
        string taken = graph.Node("Gather", [graph.Constant(name + ".int8", table.Shape, values), rows]);
        string scale = graph.Node("Gather", [graph.Constant(name + ".scale", new WeightTensor([table.Shape[0], 1], scales)), rows]);
        return graph.Node("Mul", [graph.Node("Cast", [taken], new OnnxAttribute("to", 1L)), scale]);
    }

    private string Quantized(string state, string name, WeightTensor weight, WeightTensor bias)
    {
        (sbyte[] values, float[] scales) = Quantize(weight, Steps);
        if (_quantizedOf != state)
        {
            _quantizedOf = state;
            _quantized = graph.Nodes("DynamicQuantizeLinear", [state], 3);
        }

        string constant = graph.Constant(name + ".int8", [weight.Shape[1], weight.Shape[0]], Transposed(values, weight.Shape[0], weight.Shape[1]));
        string whole = graph.Node("MatMulInteger", [_quantized[0], constant, _quantized[2], graph.Scalar("zero", (sbyte)0)]);
        string scale = graph.Node("Mul", [_quantized[1], graph.Constant(name + ".scale", new WeightTensor([scales.Length], scales))]);
        string product = graph.Node("Mul", [graph.Node("Cast", [whole], new OnnxAttribute("to", 1L)), scale]);
        return graph.Node("Add", [product, graph.Constant(name + ".bias", bias)]);
    }

    /// <summary>Each row by its own scale, so that its largest number becomes <paramref name="steps"/>.</summary>
    private static (sbyte[] Values, float[] Scales) Quantize(WeightTensor weight, float steps)
    {
        int rows = weight.Shape[0];
        int columns = weight.Shape[1];
        sbyte[] values = new sbyte[weight.Values.Length];
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> numbers = weight.Values.AsSpan(row * columns, columns);
            float largest = 0;
            foreach (float number in numbers)
            {
                largest = Math.Max(largest, Math.Abs(number));
            }

            scales[row] = largest == 0 ? 1 : largest / steps;
            for (int column = 0; column < columns; column++)
            {
                values[(row * columns) + column] = (sbyte)MathF.Round(numbers[column] / scales[row]);
            }
        }

        return (values, scales);
    }

    private static sbyte[] Transposed(sbyte[] values, int rows, int columns)
    {
        sbyte[] turned = new sbyte[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return turned;
    }
}
