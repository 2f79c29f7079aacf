using System.Collections.Immutable;
using System.Globalization;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>One upload form of one split; in numbered parts where it passes the service's size.</summary>
internal sealed class UploadForm(string directory, Split split, LineTemplate form, long maxBytes) : IDisposable
{
    private readonly List<ManifestFile> _done = [];
    private HashingFile? _file;

    public void Write(ReadOnlySpan<byte> text, int label)
    {
        byte[] behind = form.Behind[label];
        int length = form.Before.Length + text.Length + behind.Length;
        if (_file is not null && _file.Bytes + length > maxBytes)
        {
            Close();
        }

        _file ??= new HashingFile(directory, NameOf(_done.Count));
        _file.Write(form.Before);
        _file.Write(text);
        _file.Write(behind);
        _file.Rows++;
    }

    /// <summary>The files written; a file in parts is renamed so that all parts carry a number.</summary>
    public ImmutableArray<ManifestFile> Finish()
    {
        _file ??= new HashingFile(directory, NameOf(_done.Count));
        Close();
        if (_done.Count > 1)
        {
            string numbered = PartName(1);
            File.Move(Path.Combine(directory, _done[0].Name), Path.Combine(directory, numbered), overwrite: true);
            _done[0] = _done[0] with { Name = numbered };
        }

        return [.. _done];
    }

    public void Dispose() => _file?.Dispose();

    private void Close()
    {
        string hash = _file!.Finish();
        _done.Add(new ManifestFile(_file.Name, split, form.Form, _file.Rows, _file.Bytes, hash));
        _file.Dispose();
        _file = null;
    }

    private string Base => $"{Path.GetFileNameWithoutExtension(DatasetFiles.Of(split))}.{form.Form}";

    private string NameOf(int part) => part == 0 ? $"{Base}.jsonl" : PartName(part + 1);

    private string PartName(int number) => string.Create(CultureInfo.InvariantCulture, $"{Base}-{number:00000}.jsonl");
}
