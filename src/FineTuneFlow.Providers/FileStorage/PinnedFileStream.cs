using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Streams;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>Reads the version of a file that was opened, or fails. The store replaces files and never writes into them, so a
/// small one is read to its end whatever happens to its name; others, a copy over a drop for one, may write into it, which its
/// time and length show.</summary>
internal sealed class PinnedFileStream(SafeFileHandle file, string place, BlobPath path) : ForwardStream
{
    /// <summary>As over Azure: a blob of up to this length is read at one moment, and a longer one ends when it is replaced.</summary>
    private const int AtOnceBytes = 16 * 1024 * 1024;

    private long _position;

    public FileVersion Version { get; } = FileVersion.Of(file);

    public override long Length => Version.Bytes;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = RandomAccess.Read(file, buffer, _position);
            CheckVersion(read);
            _position += read;
            return read;
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, path.ToString(), Path.GetDirectoryName(place)!);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>From the page cache as a rule, where going by another thread would cost more than the reading.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void CheckVersion(int read)
    {
        bool replaced = _position + read > AtOnceBytes && (!File.Exists(place) || FileVersion.Of(place) != Version);
        if (replaced || FileVersion.Of(file) != Version)
        {
            throw new FlowException(
                FailureKind.DropChanged,
                $"{path} was overwritten or deleted while it was read",
                "Leave a dropped file alone until its run has prepared it; the new content is a drop of its own");
        }
    }
}
