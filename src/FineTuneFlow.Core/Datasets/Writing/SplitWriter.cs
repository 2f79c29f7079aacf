using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Writes one split: its canonical rows and, but for the holdout, its upload forms, in shuffled order.</summary>
internal sealed class SplitWriter(string directory, Split split, RowTable rows, TextStore texts, IReadOnlyList<string> labels)
{
    private readonly byte[][] _labelEnds = [.. labels.Select(label => Encoding.UTF8.GetBytes($"\",\"label\":\"{Encoding.UTF8.GetString(JsonText.Escape(label))}\""))];
    private const int RowsAhead = 16;
    private const int TextsAhead = 8;
    private byte[] _scratch = [];

    /// <param name="order">Rows of this split in the order of writing; a row may come again where classes are balanced.</param>
    /// <param name="forms">Upload forms.</param>
    /// <param name="maxUploadBytes">A part of an upload file holds no more.</param>
    /// <param name="cancellation">Ends the writing between rows.</param>
    public ImmutableArray<ManifestFile> Write(
        ReadOnlySpan<int> order, IReadOnlyList<LineTemplate> forms, long maxUploadBytes, CancellationToken cancellation)
    {
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        using var canonical = new HashingFile(directory, DatasetFiles.Of(split));
        UploadForm[] uploads = [.. forms.Select(form => new UploadForm(directory, split, form, maxUploadBytes))];
        try
        {
            for (int i = 0; i < order.Length; i++)
            {
                if ((i & 0xFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                Fetch(order, i);
                WriteRow(rows[order[i]], canonical, uploads);
            }

            files.Add(new ManifestFile(canonical.Name, split, DatasetFiles.RowsForm, canonical.Rows, canonical.Bytes, canonical.Finish()));
            foreach (UploadForm upload in uploads)
            {
                files.AddRange(upload.Finish());
            }
        }
        finally
        {
            foreach (UploadForm upload in uploads)
            {
                upload.Dispose();
            }
        }

        return files.ToImmutable();
    }

    /// <summary>Rows and texts lie in the order of the file and are written in another: those of the rows to come are asked of
    /// the memory while this one is written.</summary>
    private void Fetch(ReadOnlySpan<int> order, int i)
    {
        if (i + RowsAhead < order.Length)
        {
            Prefetch.Of(ref rows[order[i + RowsAhead]]);
        }

        if (i + TextsAhead < order.Length)
        {
            ref Row row = ref rows[order[i + TextsAhead]];
            texts.Fetch(row.Offset, row.TextLength);
        }
    }

    private void WriteRow(in Row row, HashingFile canonical, UploadForm[] uploads)
    {
        ReadOnlySpan<byte> both = texts.Read(row.Offset, row.TextLength + row.SliceLength, ref _scratch);
        ReadOnlySpan<byte> text = both[..row.TextLength];
        canonical.Write("{\"id\":\""u8);
        Span<byte> id = stackalloc byte[24];
        canonical.Write(id[..WriteId(row, id)]);
        canonical.Write("\",\"text\":\""u8);
        canonical.Write(text);
        canonical.Write(_labelEnds[row.Label]);
        canonical.Write(both[row.TextLength..]);
        canonical.Write("}\n"u8);
        canonical.Rows++;
        foreach (UploadForm upload in uploads)
        {
            upload.Write(text, row.Label);
        }
    }

    private static int WriteId(in Row row, Span<byte> target)
    {
        ulong high = row.Hash.High;
        for (int i = 0; i < 16; i++)
        {
            target[i] = "0123456789abcdef"u8[(int)(high >> (60 - (i * 4))) & 15];
        }

        if (row.Copy == 0)
        {
            return 16;
        }

        target[16] = (byte)'-';
        (row.Copy + 1).TryFormat(target[17..], out int digits, provider: CultureInfo.InvariantCulture);
        return 17 + digits;
    }
}
