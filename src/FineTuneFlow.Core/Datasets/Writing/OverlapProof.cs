using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Reads the written files again and shows that no normalised text stands in two splits: what is proven is what lies
/// on the disk, not what the program believes it wrote.</summary>
internal static class OverlapProof
{
    /// <exception cref="FlowException">A text in two splits, or a file without the rows it should have.</exception>
    public static void Show(
        string directory, IReadOnlyList<ManifestFile> files, IReadOnlyList<TrainingForm> forms, int threads, CancellationToken cancellation)
    {
        var prefixes = forms.DistinctBy(form => form.Key).ToDictionary(form => form.Key, WrittenText.PrefixBytes);
        var hashes = new ulong[files.Count][];
        InParallel.Run(
            threads,
            [
                .. Enumerable.Range(0, files.Count).OrderByDescending(i => files[i].Bytes).Select(i => new Action(
                    () => hashes[i] = SortedHashesOf(directory, files[i], prefixes.GetValueOrDefault(files[i].Form), cancellation))),
            ]);
        for (int a = 0; a < files.Count; a++)
        {
            for (int b = a + 1; b < files.Count; b++)
            {
                if (files[a].Split != files[b].Split && CommonCount(hashes[a], hashes[b]) is var common and > 0)
                {
                    throw new FlowException(
                        FailureKind.Internal,
                        $"{common} texts stand both in {files[a].Name} and in {files[b].Name}",
                        "This is a defect of the preparation; please report it with the recipe");
                }
            }
        }
    }

    private static ulong[] SortedHashesOf(string directory, ManifestFile file, int prefixBytes, CancellationToken cancellation)
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
