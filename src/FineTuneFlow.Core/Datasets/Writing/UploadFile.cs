using System.Collections.Immutable;
using System.Globalization;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>One upload form of one split; in numbered parts where it passes the service's size.</summary>
internal sealed class UploadFile(string directory, Split split, LineTemplate form, long maxBytes) : IDisposable
{
    private readonly List<ManifestFile> done = [];
    private HashingFile? file;

    public void Write(ReadOnlySpan<byte> text, int label)
    {
        byte[] behind = form.Behind[label];
        int length = form.Before.Length + text.Length + behind.Length;
        if (file is not null && file.Bytes + length > maxBytes)
        {
            Close();
        }

        file ??= new HashingFile(directory, NameOf(done.Count));
        file.Write(form.Before);
        file.Write(text);
        file.Write(behind);
        file.Rows++;
    }

    /// <summary>The files written; a file in parts is renamed so that all parts carry a number.</summary>
    public ImmutableArray<ManifestFile> Finish()
    {
        file ??= new HashingFile(directory, NameOf(done.Count));
        Close();
        if (done.Count > 1)
        {
            string numbered = PartName(1);
            File.Move(Path.Combine(directory, done[0].Name), Path.Combine(directory, numbered), overwrite: true);
            done[0] = done[0] with { Name = numbered };
        }

        return [.. done];
    }

    public void Dispose() => file?.Dispose();

    private void Close()
    {
        string hash = file!.Finish();
        done.Add(new ManifestFile(file.Name, split, form.Form, file.Rows, file.Bytes, hash));
        file.Dispose();
        file = null;
    }

    private string Base => $"{Path.GetFileNameWithoutExtension(DatasetFiles.Of(split))}.{form.Form}";

    private string NameOf(int part) => part == 0 ? $"{Base}.jsonl" : PartName(part + 1);

    private string PartName(int number) => string.Create(CultureInfo.InvariantCulture, $"{Base}-{number:00000}.jsonl");
}
