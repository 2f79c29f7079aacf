using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Training;

/// <summary>Trains a <see cref="LinearClassifier"/> epoch by epoch: mini-batches of AdaGrad (Duchi, Hazan and Singer 2011) on
/// the cross-entropy. One thread, one order of summation.</summary>
public sealed class LinearTrainer
{
    private const int ValidationBatch = 64;
    private readonly LinearTrainingOptions _options;
    private readonly VectorSet _rows;
    private readonly VectorSet _validation;
    private readonly FeatureTable _features;
    private readonly LinearWeights _weights;
    private readonly AdaGrad _optimiser;
    private readonly StableRandom _random;
    private readonly int[] _order;
    private readonly ImmutableArray<string> _labels;
    private int _validationAt;

    /// <inheritdoc cref="LinearClassifier.Train"/>
    public LinearTrainer(
        IReadOnlyList<LabelledText> rows,
        LinearTrainingOptions options,
        IReadOnlyList<LabelledText>? validation = null,
        LinearClassifier? continueFrom = null,
        CancellationToken ct = default)
    {
        options.Check();
        LinearTrainingOptions.Require(rows.Count > 0, "rows", "at least one example");
        _options = continueFrom is null ? options : options with { Features = continueFrom.Features.Options };
        _labels = LabelsOf(rows, options, continueFrom);
        _features = FeatureTable.Build(rows, _options.Features, continueFrom?.Features, ct);
        int slots = _features.Buckets.Length;
        _weights = continueFrom is null
            ? new LinearWeights(_labels.Length, slots)
            : continueFrom.Weights.Grow(_labels.Length, slots);
        _optimiser = new AdaGrad(_weights, options);
        _rows = new VectorSet(rows, _labels, _features, ct);
        _validation = new VectorSet(validation ?? [], _labels, _features, ct);
        _random = new StableRandom(options.Seed);
        _order = [.. Enumerable.Range(0, rows.Count)];
        StepsPerEpoch = (rows.Count + options.BatchSize - 1) / options.BatchSize;
    }

    /// <summary>Steps done so far.</summary>
    public int Step { get; private set; }

    public int StepsPerEpoch { get; }

    /// <summary>Steps between two looks at a batch of the validation rows; 1 looks in every step.</summary>
    public int ValidateEvery { get; init; } = 1;

    /// <summary>One pass over the rows in a new random order.</summary>
    public void RunEpoch(Action<TrainingPoint>? onStep = null, CancellationToken ct = default)
    {
        _random.Shuffle(_order);
        double[] probabilities = new double[_labels.Length];
        for (int start = 0; start < _order.Length; start += _options.BatchSize)
        {
            ct.ThrowIfCancellationRequested();
            int size = Math.Min(_options.BatchSize, _order.Length - start);
            double loss = 0;
            int right = 0;
            for (int i = start; i < start + size; i++)
            {
                (SparseVector vector, int label) = _rows.Get(_order[i]);
                Span<int> slots = vector.Slots.AsSpan(0, vector.Count);
                Span<float> values = vector.Values.AsSpan(0, vector.Count);
                _weights.Probabilities(slots, values, probabilities);
                (double rowLoss, bool rowRight) = Score(probabilities, label);
                loss += rowLoss;
                right += rowRight ? 1 : 0;
                _optimiser.Collect(slots, values, probabilities, label);
            }

            _optimiser.Apply(size);
            Step++;
            if (onStep is not null)
            {
                (double? Loss, double? Accuracy) validation = Step % ValidateEvery == 0 ? ValidateBatch() : default;
                onStep(new TrainingPoint(Step, loss / size, (double)right / size, validation.Loss, validation.Accuracy));
            }
        }
    }

    /// <summary>Loss (nats) and accuracy over all validation rows; nulls where there are none.</summary>
    public (double? Loss, double? Accuracy) Validate() => Validate(0, _validation.Count);

    /// <summary>The classifier as trained so far.</summary>
    public LinearClassifier Snapshot() => new(_features, _weights.Grow(_labels.Length, _features.Buckets.Length), _labels);

    private (double? Loss, double? Accuracy) ValidateBatch()
    {
        if (_validation.Count == 0)
        {
            return default;
        }

        int size = Math.Min(ValidationBatch, _validation.Count);
        (double? Loss, double? Accuracy) result = Validate(_validationAt, size);
        _validationAt = (_validationAt + size) % _validation.Count;
        return result;
    }

    private (double? Loss, double? Accuracy) Validate(int from, int count)
    {
        if (count == 0)
        {
            return default;
        }

        double[] probabilities = new double[_labels.Length];
        double loss = 0;
        int right = 0;
        for (int i = 0; i < count; i++)
        {
            (SparseVector vector, int label) = _validation.Get((from + i) % _validation.Count);
            _weights.Probabilities(vector.Slots.AsSpan(0, vector.Count), vector.Values.AsSpan(0, vector.Count), probabilities);
            (double rowLoss, bool rowRight) = Score(probabilities, label);
            loss += rowLoss;
            right += rowRight ? 1 : 0;
        }

        return (loss / count, (double)right / count);
    }

    private static (double Loss, bool Right) Score(double[] probabilities, int label)
    {
        // A validation row may have a label that training has never seen: wrong, at the smallest probability.
        double own = label < 0 ? 0 : probabilities[label];
        bool right = label >= 0;
        for (int k = 0; k < probabilities.Length && right; k++)
        {
            right = probabilities[k] < own || k == label || (probabilities[k] == own && k > label);
        }

        return (-StableMath.Log(Math.Max(own, 1e-12)), right);
    }

    private static ImmutableArray<string> LabelsOf(
        IReadOnlyList<LabelledText> rows, LinearTrainingOptions options, LinearClassifier? continueFrom)
    {
        ImmutableArray<string> given = options.Labels.IsDefaultOrEmpty
            ? [.. rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : options.Labels;
        ImmutableArray<string> all = continueFrom is null
            ? given
            : [.. continueFrom.Labels, .. given.Except(continueFrom.Labels, StringComparer.Ordinal)];
        var known = all.ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < rows.Count; i++)
        {
            if (!known.Contains(rows[i].Label))
            {
                throw new FlowException(new Failure(
                    FailureKind.InvalidInput,
                    $"Row {i + 1} has a label that is not among the given labels",
                    "List every label, or none to take them from the rows.",
                    Field: "labels"));
            }
        }

        return all;
    }
}
