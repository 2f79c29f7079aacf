using System.Runtime.InteropServices;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Builds an ONNX model (onnx.proto3 of github.com/onnx/onnx; the numbers below are its field numbers), node by node in the
/// order in which they are computed.</summary>
internal sealed class OnnxGraph
{
    /// <summary>Of the operators: the first version that has Gelu.</summary>
    private const int OperatorSet = 20;
    private const int IrVersion = 9;
    private readonly ProtoWriter _graph = new();
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private int _made;

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string Node(string type, IEnumerable<string> inputs, params IEnumerable<OnnxAttribute> attributes) => Nodes(type, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Nodes(string type, IEnumerable<string> inputs, int outputs, params IEnumerable<OnnxAttribute> attributes)
    {
        int number = _made++;
        string[] names = [.. Enumerable.Range(0, outputs).Select(output => $"{type}_{number}{(outputs == 1 ? "" : $"_{output}")}")];
        Add(type, inputs, names, attributes);
        return names;
    }

    /// <summary>Adds a node whose output is one of the graph's.</summary>
    public void Output(string type, IEnumerable<string> inputs, string name, params IEnumerable<OnnxAttribute> attributes) => Add(type, inputs, [name], attributes);

    public string Constant(string name, WeightTensor tensor) => Constant(name, 1, tensor.Shape, MemoryMarshal.AsBytes(tensor.Values.AsSpan()));

    public string Constant(string name, int[] shape, sbyte[] values) => Constant(name, 3, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>A list of whole numbers, such as a shape; the same list is kept once.</summary>
    public string Wholes(params long[] values) => Constant($"wholes_{string.Join('_', values)}", 7, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>One number without a dimension.</summary>
    public string Scalar(string name, float value) => Constant(name, 1, [], MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in value)));

    public string Scalar(string name, long value) => Constant(name, 7, [], MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

    public string Scalar(string name, sbyte value) => Constant(name, 3, [], MemoryMarshal.AsBytes(new ReadOnlySpan<sbyte>(in value)));

    /// <summary>Writes the model: inputs of whole numbers batch x length, outputs batch x classes.</summary>
    public void Write(Stream stream, string[] inputs, string output, int classes, IReadOnlyDictionary<string, string> metadata)
    {
        _graph.Text(2, "encoder");
        foreach (string input in inputs)
        {
            _graph.Message(11, value => Value(value, input, 7, "batch", "length"));
        }

        _graph.Message(12, value => Value(value, output, 1, "batch", classes));
        var model = new ProtoWriter();
        model.Whole(1, IrVersion);
        model.Text(2, "FineTuneFlow");
        model.Message(8, operators =>
        {
            operators.Text(1, "");
            operators.Whole(2, OperatorSet);
        });
        foreach ((string key, string text) in metadata)
        {
            model.Message(14, entry =>
            {
                entry.Text(1, key);
                entry.Text(2, text);
            });
        }

        // The graph last: fields may stand in any order, and it is too large to be copied once more.
        model.Begin(7, _graph.Length);
        model.CopyTo(stream);
        _graph.CopyTo(stream);
    }

    private static void Value(ProtoWriter value, string name, int elementType, params object[] dimensions)
    {
        value.Text(1, name);
        value.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Whole(1, elementType);
            tensor.Message(2, shape =>
            {
                foreach (object dimension in dimensions)
                {
                    shape.Message(1, one =>
                    {
                        if (dimension is int length)
                        {
                            one.Whole(1, length);
                        }
                        else
                        {
                            one.Text(2, (string)dimension);
                        }
                    });
                }
            });
        }));
    }

    private void Add(string type, IEnumerable<string> inputs, string[] outputs, IEnumerable<OnnxAttribute> attributes) => _graph.Message(1, node =>
    {
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, outputs[0]);
        node.Text(4, type);
        foreach (OnnxAttribute attribute in attributes)
        {
            node.Message(5, attribute.Write);
        }
    });

    private string Constant(string name, int elementType, int[] shape, ReadOnlySpan<byte> raw)
    {
        if (!_constants.Add(name))
        {
            return name;
        }

        var tensor = new ProtoWriter();
        foreach (int dimension in shape)
        {
            tensor.Whole(1, dimension);
        }

        tensor.Whole(2, elementType);
        tensor.Text(8, name);
        tensor.Bytes(9, raw);
        _graph.Embed(5, tensor);
        return name;
    }
}
