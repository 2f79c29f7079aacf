using FineTuneFlow.Encoders.Checkpoints;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FineTuneFlow.Trainer.Networks;

/// <summary>BERT and DistilBERT with a classifier, as functions of named weights (Devlin et al. 2019, arXiv:1810.04805; Sanh et al.
/// 2019, arXiv:1910.01108; dropout where Hugging Face's models have it).</summary>
internal sealed class EncoderNetwork : IDisposable
{
    /// <summary>libtorch's own look-up of embeddings, which TorchSharp's functions lack; its gradient is the same in every run, also on
    /// GPUs.</summary>
    private readonly jit.CompilationUnit _lookup = jit.compile(
        """
        def lookup(table: Tensor, ids: Tensor) -> Tensor:
            return torch.embedding(table, ids)

        """);

    private readonly EncoderConfig _config;
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly Precision _precision;

    public EncoderNetwork(EncoderConfig config, EncoderWeights weights, Device device, Precision precision)
    {
        _config = config;
        _precision = precision;
        Device = device;
        foreach ((string name, WeightTensor tensor) in weights.All)
        {
            long[] shape = [.. tensor.Shape.Select(length => (long)length)];
            using Tensor loaded = from_array(tensor.Values).reshape(shape);
            _weights[name] = loaded.to(device, copy: true).requires_grad_().DetachFromDisposeScope();
        }
    }

    public Device Device { get; }

    public EncoderConfig Config => _config;

    public Precision Precision => _precision;

    /// <summary>The weights that training changes, ordered by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Parameters => _weights.OrderBy(weight => weight.Key, StringComparer.Ordinal);

    /// <summary>Logits.</summary>
    /// <param name="ids">Batch x length, whole numbers.</param>
    /// <param name="mask">Batch x length, true where a text is; null: everywhere.</param>
    /// <param name="training">Whether dropout acts.</param>
    /// <returns>Batch x labels, single precision.</returns>
    public Tensor Forward(Tensor ids, Tensor? mask, bool training)
    {
        var state = (Tensor)_lookup.invoke("lookup", [_weights[WeightNames.Words], ids]);
        state += _weights[WeightNames.Positions].narrow(0, 0, ids.shape[1]);
        if (_config.SegmentTypes > 0)
        {
            state += _weights[WeightNames.Segments][0];
        }

        state = F.dropout(Norm(state, WeightNames.EmbeddingNorm), _config.Dropout, training);
        Tensor? attended = mask?.unsqueeze(1).unsqueeze(1);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            state = Layer(state, attended, EncoderShapes.Layer(layer), training);
        }

        return Head(Pool(state, mask), training);
    }

    /// <summary>The weights as they are now, on the processor.</summary>
    public EncoderWeights Weights()
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        return EncoderWeights.Of(_weights.Select(weight => KeyValuePair.Create(weight.Key, TensorFile.OfTensor(weight.Value))));
    }

    /// <summary>Puts other weights of the same shape in place.</summary>
    public void Load(IEnumerable<KeyValuePair<string, WeightTensor>> values)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach ((string name, WeightTensor tensor) in values)
        {
            _weights[name].copy_(from_array(tensor.Values).reshape(_weights[name].shape));
        }
    }

    public void Dispose()
    {
        foreach (Tensor weight in _weights.Values)
        {
            weight.Dispose();
        }

        _lookup.Dispose();
    }

    private Tensor Layer(Tensor state, Tensor? mask, string at, bool training)
    {
        // What the gradients need outlives the scope; without one, all that every layer computes would stay until the whole batch is done.
        using IDisposable scope = NewDisposeScope();
        Tensor queries = Heads(Linear(state, at + "attention.self.query"));
        Tensor keys = Heads(Linear(state, at + "attention.self.key"));
        Tensor values = Heads(Linear(state, at + "attention.self.value"));
        Tensor mixed = F.scaled_dot_product_attention(queries, keys, values, mask, training ? _config.AttentionDropout : 0, false);
        Tensor attended = Linear(mixed.transpose(1, 2).flatten(2), at + "attention.output.dense").to(ScalarType.Float32);
        if (_config.Architecture == EncoderArchitecture.Bert)
        {
            attended = F.dropout(attended, _config.Dropout, training);
        }

        state = Norm(attended + state, at + "attention.output.LayerNorm");
        Tensor inner = Activated(Linear(state, at + "intermediate.dense"));
        Tensor output = F.dropout(Linear(inner, at + "output.dense").to(ScalarType.Float32), _config.Dropout, training);
        return Norm(output + state, at + "output.LayerNorm").MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor state, Tensor? mask)
    {
        if (_config.Pooling == Pooling.Cls)
        {
            return state.select(1, 0);
        }

        if (mask is null)
        {
            return state.mean([1L]);
        }

        Tensor shares = mask.to(ScalarType.Float32);
        return (state * shares.unsqueeze(-1)).sum(1) / shares.sum(1, keepdim: true);
    }

    private Tensor Head(Tensor pooled, bool training)
    {
        if (_config.HasDenseHead)
        {
            Tensor dense = F.linear(pooled, _weights[WeightNames.Dense + ".weight"], _weights[WeightNames.Dense + ".bias"]);
            pooled = _config.Architecture == EncoderArchitecture.Bert ? dense.tanh() : dense.relu();
        }

        pooled = F.dropout(pooled, _config.HeadDropout, training);
        return F.linear(pooled, _weights[WeightNames.Classifier + ".weight"], _weights[WeightNames.Classifier + ".bias"]);
    }

    private Tensor Linear(Tensor state, string name)
    {
        Tensor weight = _weights[name + ".weight"];
        Tensor bias = _weights[name + ".bias"];
        return _precision switch
        {
            Precision.BFloat16 => F.linear(state.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias.to(ScalarType.BFloat16)),
            Precision.Half => F.linear(state.to(ScalarType.Float16), weight.to(ScalarType.Float16), bias.to(ScalarType.Float16)),
            _ => F.linear(state, weight, bias),
        };
    }

    private Tensor Heads(Tensor state) => state.view(state.shape[0], state.shape[1], _config.Heads, _config.HeadWidth).transpose(1, 2);

    private Tensor Activated(Tensor state) => _config.Activation switch
    {
        Activation.Gelu => F.gelu(state),
        Activation.GeluTanh => F.gelu(state, TorchSharp.Modules.GELU.Approximate.tanh, false),
        _ => state.relu(),
    };

    private Tensor Norm(Tensor state, string name) =>
        F.layer_norm(state, [_config.Hidden], _weights[name + ".weight"], _weights[name + ".bias"], _config.NormEpsilon);
}
