using System.ClientModel;
using System.Text;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>A multipart form with plain fields and one streamed file part, which carries the Content-Type that Azure demands.
/// Streamed once, from a source of known length: sending it a second time is impossible.</summary>
internal sealed class MultipartFile : BinaryContent
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly Stream _file;
    private readonly long _bytes;

    /// <param name="fields">Plain fields.</param>
    /// <param name="part">Name of the file's field.</param>
    /// <param name="fileName">Shown by the service.</param>
    /// <param name="file">Its content; not disposed of.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="byteOrderMark">Put one before the content.</param>
    public MultipartFile(IEnumerable<KeyValuePair<string, string>> fields, string part, string fileName, Stream file, long bytes, bool byteOrderMark)
    {
        string boundary = $"ftf-{Guid.NewGuid():N}";
        ContentType = $"multipart/form-data; boundary={boundary}";
        var head = new StringBuilder();
        foreach ((string name, string value) in fields)
        {
            head.Append($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }

        string safeName = fileName.Replace("\"", "%22", StringComparison.Ordinal).ReplaceLineEndings("");
        head.Append($"--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{safeName}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        byte[] headBytes = Encoding.UTF8.GetBytes(head.ToString());
        _before = byteOrderMark ? [.. headBytes, .. ByteOrderMark] : headBytes;
        _after = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        (_file, _bytes) = (file, bytes);
    }

    public string ContentType { get; }

    public static int ByteOrderMarkBytes => ByteOrderMark.Length;

    public override bool TryComputeLength(out long length)
    {
        length = _before.Length + _bytes + _after.Length;
        return true;
    }

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(_before, cancellationToken);
        await _file.CopyToAsync(stream, cancellationToken);
        await stream.WriteAsync(_after, cancellationToken);
    }

    public override void WriteTo(Stream stream, CancellationToken cancellationToken = default) =>
        WriteToAsync(stream, cancellationToken).GetAwaiter().GetResult();

    public override void Dispose()
    {
    }
}
