using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>The parts of an encoder as nodes. Each method takes and returns names of values: batch x length x width unless it
/// says otherwise.</summary>
internal sealed class OnnxLayers(OnnxGraph graph, EncoderConfig config, EncoderWeights weights, OnnxPrecision precision)
{
    private static readonly long[] HeadsInside = [0, 2, 1, 3];
    private readonly OnnxLinear _linear = new(graph, precision);

    /// <param name="ids">Batch x length.</param>
    public string Embeddings(string ids)
    {
        string words = precision == OnnxPrecision.Quantised
            ? _linear.QuantizedRows(WeightNames.Words, weights[WeightNames.Words], ids)
            : graph.Node("Gather", [graph.Constant(WeightNames.Words, weights[WeightNames.Words]), ids]);
        string length = graph.Node("Shape", [ids], new OnnxAttribute("start", 1L), new OnnxAttribute("end", 2L));
        string positions = graph.Node(
            "Slice", [graph.Constant("positions", Positions()), graph.Wholes(0), length, graph.Wholes(0)]);
        return Norm(graph.Node("Add", [words, positions]), WeightNames.EmbeddingNorm);
    }

    /// <summary>0 where a text is, a large negative number where it is filled up: batch x 1 x 1 x length.</summary>
    public string MaskBias(string mask)
    {
        string wide = graph.Node("Unsqueeze", [Number(mask), graph.Wholes(1, 2)]);
        string filled = graph.Node("Sub", [graph.Scalar("one", 1f), wide]);
        return graph.Node("Mul", [filled, graph.Scalar("lowest", -1e9f)]);
    }

    public string Layer(string state, string maskBias, int layer)
    {
        string at = EncoderShapes.Layer(layer);
        string attended = Linear(Attention(state, maskBias, at), at + "attention.output.dense");
        state = Norm(graph.Node("Add", [attended, state]), at + "attention.output.LayerNorm");
        string inner = Activated(Linear(state, at + "intermediate.dense"));
        return Norm(graph.Node("Add", [Linear(inner, at + "output.dense"), state]), at + "output.LayerNorm");
    }

    /// <summary>One vector a text: batch x width.</summary>
    public string Pool(string state, string mask)
    {
        if (config.Pooling == Pooling.Cls)
        {
            return graph.Node("Gather", [state, graph.Scalar("first", 0L)], new OnnxAttribute("axis", 1L));
        }

        string row = graph.Node("Unsqueeze", [Number(mask), graph.Wholes(1)]);
        string sum = graph.Node("Squeeze", [graph.Node("MatMul", [row, state]), graph.Wholes(1)]);
        return graph.Node("Div", [sum, graph.Node("ReduceSum", [Number(mask), graph.Wholes(1)])]);
    }

    public void Head(string pooled, string output)
    {
        if (config.HasDenseHead)
        {
            string dense = Plain(pooled, WeightNames.Dense);
            pooled = graph.Node(config.Architecture == EncoderArchitecture.Bert ? "Tanh" : "Relu", [dense]);
        }

        string product = graph.Node("MatMul", [pooled, graph.Constant("classifier.turned", weights[WeightNames.Classifier + ".weight"].Transposed())]);
        graph.Output("Add", [product, graph.Constant(WeightNames.Classifier + ".bias", weights[WeightNames.Classifier + ".bias"])], output);
    }

    /// <summary>Queries, keys and values come from one product, and the division of the scores stands in the queries' weights.</summary>
    private string Attention(string state, string maskBias, string at)
    {
        string[] parts = graph.Nodes(
            "Split",
            [_linear.Of(state, at + "attention.self", QueryKeyValue(at, ".weight"), QueryKeyValue(at, ".bias"))],
            3,
            new OnnxAttribute("axis", -1L),
            new OnnxAttribute("num_outputs", 3L));
        string queries = Heads(parts[0], 0, 2, 1, 3);
        string keys = Heads(parts[1], 0, 2, 3, 1);
        string values = Heads(parts[2], 0, 2, 1, 3);
        string scores = graph.Node("Add", [graph.Node("MatMul", [queries, keys]), maskBias]);
        string shares = graph.Node("Softmax", [scores], new OnnxAttribute("axis", -1L));
        string mixed = graph.Node("Transpose", [graph.Node("MatMul", [shares, values])], new OnnxAttribute("perm", HeadsInside));
        return graph.Node("Reshape", [mixed, graph.Wholes(0, 0, config.Hidden)]);
    }

    private WeightTensor QueryKeyValue(string at, string kind)
    {
        float scale = (float)(1 / Math.Sqrt(config.HeadWidth));
        WeightTensor query = weights[at + "attention.self.query" + kind];
        WeightTensor key = weights[at + "attention.self.key" + kind];
        WeightTensor value = weights[at + "attention.self.value" + kind];
        int[] shape = [3 * query.Shape[0], .. query.Shape[1..]];
        return new WeightTensor(shape, [.. query.Values.Select(number => number * scale), .. key.Values, .. value.Values]);
    }

    private string Heads(string state, params long[] order)
    {
        string cut = graph.Node("Reshape", [state, graph.Wholes(0, 0, config.Heads, config.HeadWidth)]);
        return graph.Node("Transpose", [cut], new OnnxAttribute("perm", order));
    }

    private string Activated(string state) => config.Activation switch
    {
        Activation.Gelu => graph.Node("Gelu", [state]),
        Activation.GeluTanh => graph.Node("Gelu", [state], new OnnxAttribute("approximate", "tanh")),
        _ => graph.Node("Relu", [state]),
    };

    private string Norm(string state, string name) => graph.Node(
        "LayerNormalization",
        [state, graph.Constant(name + ".weight", weights[name + ".weight"]), graph.Constant(name + ".bias", weights[name + ".bias"])],
        new OnnxAttribute("axis", -1L),
        new OnnxAttribute("epsilon", (float)config.NormEpsilon));

    private string Linear(string state, string name) => _linear.Of(state, name, weights[name + ".weight"], weights[name + ".bias"]);

    private string Plain(string state, string name) => _linear.Exact(state, name, weights[name + ".weight"], weights[name + ".bias"]);

    private string Number(string mask) => graph.Node("Cast", [mask], new OnnxAttribute("to", 1L));

    /// <summary>Every text is of the first segment, so its embedding is part of the positions'.</summary>
    private WeightTensor Positions()
    {
        WeightTensor positions = weights[WeightNames.Positions];
        if (config.SegmentTypes == 0)
        {
            return positions;
        }

        float[] first = weights[WeightNames.Segments].Values[..config.Hidden];
        float[] sums = new float[positions.Values.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = positions.Values[i] + first[i % config.Hidden];
        }

        return positions with { Values = sums };
    }
}
