using System.Collections.Concurrent;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Reads the written files again and shows that no normalised text stands in two splits: what is proven is what lies
/// on the disk, not what the program believes it wrote.</summary>
internal sealed class OverlapProof(string directory, IReadOnlyList<TrainingForm> forms)
{
    private readonly Dictionary<string, int> _prefixes = forms.DistinctBy(form => form.Key).ToDictionary(form => form.Key, WrittenText.PrefixBytes);
    private readonly ConcurrentDictionary<ManifestFile, ulong[]> _hashes = new();

    /// <summary>Reads a finished file; several threads may read at once.</summary>
    /// <exception cref="FlowException">The file has not the rows that it should have.</exception>
    public void Read(ManifestFile file, CancellationToken cancellation) =>
        _hashes[file] = SortedHashesOf(file, _prefixes.GetValueOrDefault(file.Form), cancellation);

    /// <summary>Compares all files that were read.</summary>
    /// <exception cref="FlowException">A text in two splits.</exception>
    public void Show(IReadOnlyList<ManifestFile> files)
    {
        for (int a = 0; a < files.Count; a++)
        {
            for (int b = a + 1; b < files.Count; b++)
            {
                if (files[a].Split != files[b].Split && CommonCount(_hashes[files[a]], _hashes[files[b]]) is var common and > 0)
                {
                    throw new FlowException(
                        FailureKind.Internal,
                        $"{common} texts stand both in {files[a].Name} and in {files[b].Name}",
                        "This is a defect of the preparation; please report it with the recipe");
                }
            }
        }
    }

    private ulong[] SortedHashesOf(ManifestFile file, int prefixBytes, CancellationToken cancellation)
    {
        var hashes = new ulong[file.Rows];
        var identity = new TextIdentity();
        long row = 0;
        using var stream = new FileStream(Path.Combine(directory, file.Name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(1 << 18);
        byte[] text = new byte[1 << 16];
        int filled = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = stream.Read(buffer.AsSpan(filled));
            filled += read;
            int start = 0;
            int feed;
            while ((feed = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0)
            {
                ReadOnlySpan<byte> line = buffer.AsSpan(start, feed);
                if (row < hashes.Length)
                {
                    hashes[row] = WrittenText.HashOf(line, file.Form, prefixBytes, identity, ref text);
                }

                row++;
                start += feed + 1;
            }

            if (read == 0)
            {
                break;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        if (row != file.Rows || filled != 0)
        {
            throw new FlowException(
                FailureKind.Internal,
                $"{file.Name} holds {row} whole rows where {file.Rows} were written",
                "Check that the disk has room and nothing else writes to the folder, then prepare again");
        }

        Array.Sort(hashes);
        return hashes;
    }

    private static long CommonCount(ulong[] a, ulong[] b)
    {
        long common = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j])
            {
                common++;
                i++;
            }
            else if (a[i] < b[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return common;
    }
}
