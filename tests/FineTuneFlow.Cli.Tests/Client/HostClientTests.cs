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

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device", 28);
    }
}
