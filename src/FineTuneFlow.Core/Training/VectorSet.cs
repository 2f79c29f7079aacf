using System.Collections.Immutable;

namespace FineTuneFlow.Core.Training;

/// <summary>The vectors of a set of rows. As many as fit a fixed budget of memory are kept; the others are made again in each
/// epoch, which costs about as much as learning from them.</summary>
internal sealed class VectorSet
{
    private const int MaximumKeptFeatures = 24_000_000;
    private readonly IReadOnlyList<LabelledText> _rows;
    private readonly FeatureTable _features;
    private readonly int[] _labels;
    private readonly SparseVector?[] _kept;
    private readonly FeatureScratch _scratch = new();
    private readonly SparseVector _vector = new();

    public VectorSet(IReadOnlyList<LabelledText> rows, ImmutableArray<string> labels, FeatureTable features, CancellationToken ct)
    {
        _rows = rows;
        _features = features;
        _labels = new int[rows.Count];
        _kept = new SparseVector?[rows.Count];
        var positions = labels.Select((label, index) => (label, index))
            .ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        long held = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            _labels[i] = positions.GetValueOrDefault(rows[i].Label, -1);
            if (held < MaximumKeptFeatures)
            {
                features.Vectorise(rows[i].Text, _scratch, _vector);
                _kept[i] = SparseVector.CopyOf(_vector);
                held += _vector.Count;
            }
        }
    }

    public int Count => _labels.Length;

    /// <summary>The vector, valid until the next call, and the label's position (-1: unknown).</summary>
    public (SparseVector Vector, int Label) Get(int row) =>
        (_kept[row] ?? _features.Vectorise(_rows[row].Text, _scratch, _vector), _labels[row]);
}
