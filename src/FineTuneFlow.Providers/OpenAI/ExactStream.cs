using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Passes a source on and fails where it is not as long as was said, before the service takes a cut file for a whole one.</summary>
internal sealed class ExactStream(Stream source, long bytes, string name) : ForwardStream
{
    private long _read;

    public override long Length => bytes;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken);
        _read += read;
        return _read > bytes || (read == 0 && buffer.Length > 0 && _read < bytes)
            ? throw new FlowException(FailureKind.Conflict, $"{name} is not of the {bytes} bytes that were announced", "Prepare the data set again")
            : read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
}
