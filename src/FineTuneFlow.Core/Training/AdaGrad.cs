using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FineTuneFlow.Core.Training;

/// <summary>The optimiser: collects the gradient of a batch for the touched rows of the weights, then takes a step.</summary>
internal sealed class AdaGrad
{
    private readonly LinearWeights _weights;
    private readonly float[] _squares;
    private readonly float[] _biasSquares;
    private readonly float[] _biasGradient;
    private readonly float[] _residual;
    private readonly int[] _positionOf;
    private readonly float _rate;
    private readonly float _decay;
    private int[] _touched = new int[4096];
    private float[] _gradient = [];
    private int _count;

    public AdaGrad(LinearWeights weights, LinearTrainingOptions options)
    {
        _weights = weights;
        _rate = (float)options.LearningRate;
        _decay = (float)options.L2;
        _squares = new float[weights.Values.Length];
        _squares.AsSpan().Fill((float)options.InitialAccumulator);
        _biasSquares = new float[weights.Stride];
        // The bias is touched by every example: starting from a larger sum keeps its first steps as small as the features'.
        _biasSquares.AsSpan().Fill(1f + (float)options.InitialAccumulator);
        _biasGradient = new float[weights.Stride];
        _residual = new float[weights.Stride];
        _positionOf = new int[weights.Values.Length / weights.Stride];
        _positionOf.AsSpan().Fill(-1);
        _gradient = new float[_touched.Length * weights.Stride];
    }

    /// <summary>Adds the gradient of one example: (probability - truth) times value.</summary>
    public void Collect(ReadOnlySpan<int> slots, ReadOnlySpan<float> values, ReadOnlySpan<double> probabilities, int label)
    {
        int stride = _weights.Stride;
        for (int k = 0; k < probabilities.Length; k++)
        {
            _residual[k] = (float)(probabilities[k] - (k == label ? 1 : 0));
            _biasGradient[k] += _residual[k];
        }

        for (int i = 0; i < slots.Length; i++)
        {
            int position = _positionOf[slots[i]];
            if (position < 0)
            {
                position = Touch(slots[i]);
            }

            ref float gradient = ref MemoryMarshal.GetArrayDataReference(_gradient);
            ref float residual = ref MemoryMarshal.GetArrayDataReference(_residual);
            nuint row = (nuint)((long)position * stride);
            Vector128<float> value = Vector128.Create(values[i]);
            for (nuint k = 0; k < (nuint)stride; k += 4)
            {
                (Vector128.LoadUnsafe(ref gradient, row + k) + (Vector128.LoadUnsafe(ref residual, k) * value))
                    .StoreUnsafe(ref gradient, row + k);
            }
        }
    }

    /// <summary>Takes the step and forgets the batch.</summary>
    /// <param name="examples">Examples collected. The gradient is divided by their number's root: AdaGrad's steps hardly depend on
    /// the gradient's scale, but its first sum of squares does.</param>
    public void Apply(int examples)
    {
        int stride = _weights.Stride;
        float scale = (float)(1 / Math.Sqrt(examples));
        for (int i = 0; i < _count; i++)
        {
            int slot = _touched[i];
            Span<float> weights = _weights.Values.AsSpan(slot * stride, stride);
            Update(weights, _squares.AsSpan(slot * stride, stride), _gradient.AsSpan(i * stride, stride), scale);
            _positionOf[slot] = -1;
        }

        Update(_weights.Bias, _biasSquares, _biasGradient, scale);
        _count = 0;
    }

    private void Update(Span<float> weights, Span<float> squares, Span<float> gradient, float scale)
    {
        Vector128<float> rate = Vector128.Create(_rate);
        Vector128<float> decay = Vector128.Create(_decay);
        Vector128<float> factor = Vector128.Create(scale);
        ref float w = ref MemoryMarshal.GetReference(weights);
        ref float s = ref MemoryMarshal.GetReference(squares);
        ref float g = ref MemoryMarshal.GetReference(gradient);
        for (nuint k = 0; k < (nuint)weights.Length; k += 4)
        {
            Vector128<float> weight = Vector128.LoadUnsafe(ref w, k);
            Vector128<float> step = (Vector128.LoadUnsafe(ref g, k) * factor) + (weight * decay);
            Vector128<float> sum = Vector128.LoadUnsafe(ref s, k) + (step * step);
            sum.StoreUnsafe(ref s, k);
            (weight - (rate * step / Vector128.Sqrt(sum))).StoreUnsafe(ref w, k);
        }

        gradient.Clear();
    }

    private int Touch(int slot)
    {
        if (_count == _touched.Length)
        {
            Array.Resize(ref _touched, _count * 2);
            Array.Resize(ref _gradient, _touched.Length * _weights.Stride);
        }

        _touched[_count] = slot;
        _positionOf[slot] = _count;
        return _count++;
    }
}
