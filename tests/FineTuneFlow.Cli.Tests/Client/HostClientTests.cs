using System.Net;
using System.Net.Sockets;
using System.Text;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Cli.Tests.Client;

/// <summary>A download that ends early says whose fault it is.</summary>
public sealed class HostClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_under_the_file_is_not_told_as_the_hosts_fault()
    {
        using TcpListener host = Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + new string('a', 1_000));
        using var client = new HostClient(new Uri($"http://{host.LocalEndpoint}/"));

        IOException full = await Should.ThrowAsync<IOException>(() => client.DownloadAsync("backup", new FullStream(), Cancellation));

        DiskFaults.IsFull(full).ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_that_breaks_off_is_named()
    {
        using TcpListener host = Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly so much");
        using var client = new HostClient(new Uri($"http://{host.LocalEndpoint}/"));

        FlowException broken = await Should.ThrowAsync<FlowException>(() => client.DownloadAsync("backup", new MemoryStream(), Cancellation));

        broken.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        broken.Failure.Message.ShouldContain($"http://{host.LocalEndpoint}/ broke off");
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 104_857_601, FailureKind.InvalidInput, "drops/PROJECT/NAME")]
    [InlineData("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n", 104_857_601, FailureKind.InvalidInput, "drops/PROJECT/NAME")]
    [InlineData("", 104_857_601, FailureKind.InvalidInput, "drops/PROJECT/NAME")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 100, FailureKind.Unavailable, "FineTuneFlow host")]
    public async Task A_body_that_the_host_of_Azure_Functions_does_not_take_is_told_with_the_way_by_the_storage(string answer, int length, FailureKind kind, string remedy)
    {
        using TcpListener host = Serve(answer);
        using var client = new HostClient(new Uri($"http://{host.LocalEndpoint}/"));
        using var form = new MultipartFormDataContent { { new StreamContent(new RepeatedByte(length)), "file", "reviews.csv" } };

        FlowException refused = await Should.ThrowAsync<FlowException>(() => client.PostFormAsync<object>("runs", form, Cancellation));

        refused.Failure.Kind.ShouldBe(kind);
        refused.Failure.Remedy!.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_empty_id_is_refused_although_every_run_begins_with_nothing(string id)
    {
        using var client = new HostClient(new Uri("http://127.0.0.1:9/"));

        FlowException refused = await Should.ThrowAsync<FlowException>(() => client.ResolveAsync(id, Cancellation));

        (refused.Failure.Kind, refused.Failure.Message).ShouldBe((FailureKind.InvalidInput, "The run's id is empty"));
    }

    /// <summary>Answers one request with these bytes, and closes.</summary>
    private static TcpListener Serve(string answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using TcpClient caller = await listener.AcceptTcpClientAsync(Cancellation);
            await using NetworkStream stream = caller.GetStream();
            await stream.ReadAtLeastAsync(new byte[4_096], 1, cancellationToken: Cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
        });
        return listener;
    }

    /// <summary>As long as it is told, without being kept.</summary>
    private sealed class RepeatedByte(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, length - Position);
            Position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device", 28);
    }
}
