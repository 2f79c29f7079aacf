namespace FineTuneFlow.Core.Training;

/// <summary>Room for the features of one text, used again for the next.</summary>
internal sealed class FeatureScratch
{
    private char[] _lower = new char[1024];
    private int[] _buckets = new int[2048];
    private int[] _counts = new int[2048];

    /// <summary>Features held.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Buckets => _buckets.AsSpan(0, Count);

    public ReadOnlySpan<int> Counts => _counts.AsSpan(0, Count);

    public Span<char> Lower(int length)
    {
        if (_lower.Length < length)
        {
            _lower = new char[length];
        }

        return _lower.AsSpan(0, length);
    }

    public void Clear() => Count = 0;

    public void Add(int bucket)
    {
        if (Count == _buckets.Length)
        {
            Array.Resize(ref _buckets, Count * 2);
        }

        _buckets[Count++] = bucket;
    }

    /// <summary>Sorts the buckets and replaces repeats by a count.</summary>
    public void Collapse()
    {
        Span<int> all = _buckets.AsSpan(0, Count);
        all.Sort();
        if (_counts.Length < _buckets.Length)
        {
            _counts = new int[_buckets.Length];
        }

        int kept = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (kept > 0 && all[kept - 1] == all[i])
            {
                _counts[kept - 1]++;
            }
            else
            {
                all[kept] = all[i];
                _counts[kept++] = 1;
            }
        }

        Count = kept;
    }
}
