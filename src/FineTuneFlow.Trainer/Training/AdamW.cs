using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Networks;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) with clipping of the gradients' norm. Biases and norms do not decay. The
/// step is libtorch's fused kernel, reached by a few lines of TorchScript, ten times as fast as the same in single operations.</summary>
internal sealed class AdamW : IDisposable
{
    private const string Script =
        """
        def norm(gradients: List[Tensor]) -> Tensor:
            return torch.norm(torch.stack(torch._foreach_norm(gradients)))

        def scale(gradients: List[Tensor], by: float) -> int:
            torch._foreach_mul_(gradients, by)
            return 0

        def step(weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor], rate: float, decay: float) -> int:
            torch._fused_adamw_(weights, gradients, means, squares, [], steps, lr=rate, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-8, amsgrad=False, maximize=False)
            return 0

        """;

    private readonly jit.CompilationUnit _script = jit.compile(Script);
    private readonly Group _decayed;
    private readonly Group _plain;
    private readonly Tensor _steps;
    private readonly float _decay;

    /// <param name="parameters">Names and weights.</param>
    /// <param name="decay">Of the weights that decay; a share of the learning rate.</param>
    public AdamW(IEnumerable<KeyValuePair<string, Tensor>> parameters, double decay)
    {
        _decay = (float)decay;
        KeyValuePair<string, Tensor>[] all = [.. parameters];
        _decayed = new Group([.. all.Where(parameter => Decays(parameter.Key))]);
        _plain = new Group([.. all.Where(parameter => !Decays(parameter.Key))]);
        _steps = zeros(1, ScalarType.Float32, all[0].Value.device).squeeze().DetachFromDisposeScope();
    }

    /// <summary>Of all gradients together.</summary>
    public double GradientNorm()
    {
        Tensor[] gradients = [.. _decayed.Gradients(), .. _plain.Gradients()];
        using var norm = (Tensor)_script.invoke("norm", [gradients]);
        return norm.item<float>();
    }

    /// <summary>One step.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="factor">The gradients are multiplied by it first.</param>
    public void Step(double rate, double factor = 1)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        _steps.add_(1);
        foreach (Group group in new[] { _decayed, _plain })
        {
            Tensor[] gradients = group.Gradients();
            if (factor != 1)
            {
                _script.invoke("scale", [gradients, factor]);
            }

            Tensor[] counts = [.. gradients.Select(_ => _steps)];
            _script.invoke("step", [group.Weights, gradients, group.Means, group.Squares, counts, rate, group == _decayed ? (double)_decay : 0.0]);
        }
    }

    public void ZeroGradients()
    {
        foreach (Tensor weight in _decayed.Weights.Concat(_plain.Weights))
        {
            weight.grad?.zero_();
        }
    }

    /// <summary>The running means, under the weights' names.</summary>
    public IEnumerable<KeyValuePair<string, WeightTensor>> State() =>
        _decayed.State().Concat(_plain.State());

    /// <summary>Goes on from a state.</summary>
    public void Load(IReadOnlyDictionary<string, WeightTensor> state, int step)
    {
        _decayed.Load(state);
        _plain.Load(state);
        using IDisposable noGrad = no_grad();
        _steps.fill_(step);
    }

    public void Dispose()
    {
        _decayed.Dispose();
        _plain.Dispose();
        _steps.Dispose();
        _script.Dispose();
    }

    private static bool Decays(string name) =>
        !name.EndsWith(".bias", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);

    private sealed class Group : IDisposable
    {
        private const string Mean = "mean.";
        private const string Square = "square.";
        private readonly string[] _names;

        public Group(KeyValuePair<string, Tensor>[] parameters)
        {
            _names = [.. parameters.Select(parameter => parameter.Key)];
            Weights = [.. parameters.Select(parameter => parameter.Value)];
            using IDisposable noGrad = no_grad();
            Means = [.. Weights.Select(weight => zeros_like(weight).DetachFromDisposeScope())];
            Squares = [.. Weights.Select(weight => zeros_like(weight).DetachFromDisposeScope())];
        }

        public Tensor[] Weights { get; }

        public Tensor[] Means { get; }

        public Tensor[] Squares { get; }

        public Tensor[] Gradients() => [.. Weights.Select(weight => weight.grad ?? throw new InvalidOperationException("A weight has no gradient."))];

        public IEnumerable<KeyValuePair<string, WeightTensor>> State() => _names.SelectMany((name, i) => new[]
        {
            KeyValuePair.Create(Mean + name, TensorFile.OfTensor(Means[i])), KeyValuePair.Create(Square + name, TensorFile.OfTensor(Squares[i])),
        });

        public void Load(IReadOnlyDictionary<string, WeightTensor> state)
        {
            using IDisposable noGrad = no_grad();
            for (int i = 0; i < _names.Length; i++)
            {
                using Tensor mean = TensorFile.ToTensor(state[Mean + _names[i]], Means[i].device);
                using Tensor square = TensorFile.ToTensor(state[Square + _names[i]], Squares[i].device);
                Means[i].copy_(mean);
                Squares[i].copy_(square);
            }
        }

        public void Dispose()
        {
            foreach (Tensor tensor in Means.Concat(Squares))
            {
                tensor.Dispose();
            }
        }
    }
}
