namespace FineTuneFlow.Core.Training;

/// <summary>The vector of one text: slots ascending by bucket, and their values. Can be filled again.</summary>
internal sealed class SparseVector
{
    public int[] Slots { get; private set; } = [];

    public float[] Values { get; private set; } = [];

    public int Count { get; set; }

    public static SparseVector CopyOf(SparseVector other) => new()
    {
        Slots = other.Slots[..other.Count],
        Values = other.Values[..other.Count],
        Count = other.Count,
    };

    /// <summary>Makes room; what is held is lost.</summary>
    public void Reserve(int capacity)
    {
        if (Slots.Length < capacity)
        {
            int size = Math.Max(capacity, Slots.Length * 2);
            Slots = new int[size];
            Values = new float[size];
        }
    }
}
