using System.Buffers.Binary;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>The tables of <c>composition.bin</c> (see make_composition_table.py), searched as they stand.</summary>
internal static class CompositionTable
{
    private static readonly byte[] Bytes = Read();
    private static readonly int DecompositionStart = 4;
    private static readonly int DecompositionCount = Word(0);
    private static readonly int CompositionStart = DecompositionStart + (DecompositionCount * 12) + 4;
    private static readonly int CompositionCount = Word(CompositionStart - 4);
    private static readonly int ClassStart = CompositionStart + (CompositionCount * 12) + 4;
    private static readonly int ClassCount = Word(ClassStart - 4);
    private static readonly int ChangingStart = ClassStart + (ClassCount * 8) + 4;
    private static readonly int ChangingCount = Word(ChangingStart - 4);

    /// <summary>Whether a text with this character may not be in NFC.</summary>
    public static bool MayChange(int character) => Find(ChangingStart, ChangingCount, 4, character, 0) >= 0;

    /// <summary>Canonical combining class; 0 for starters.</summary>
    public static byte ClassOf(int character)
    {
        int at = Find(ClassStart, ClassCount, 8, character, 0);
        return at < 0 ? (byte)0 : (byte)Word(at + 4);
    }

    /// <summary>The canonical decomposition; Second is 0 where it is one character.</summary>
    public static bool TryDecompose(int character, out int first, out int second)
    {
        int at = Find(DecompositionStart, DecompositionCount, 12, character, 0);
        (first, second) = at < 0 ? (0, 0) : (Word(at + 4), Word(at + 8));
        return at >= 0;
    }

    public static int? Compose(int first, int second)
    {
        int at = Find(CompositionStart, CompositionCount, 12, first, second);
        return at < 0 ? null : Word(at + 8);
    }

    /// <summary>Binary search by the first word, and where entries have a second key by that too.</summary>
    private static int Find(int start, int count, int size, int key, int second)
    {
        int low = 0;
        int high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int at = start + (middle * size);
            int order = Word(at).CompareTo(key);
            if (order == 0 && start == CompositionStart)
            {
                order = Word(at + 4).CompareTo(second);
            }

            if (order == 0)
            {
                return at;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static int Word(int at) => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(at));

    private static byte[] Read()
    {
        using Stream stream = typeof(CompositionTable).Assembly.GetManifestResourceStream("composition.bin")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
