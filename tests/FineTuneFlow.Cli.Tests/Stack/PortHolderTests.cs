using System.Net;
using System.Net.Sockets;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.Cli.Tests.Stack;

public class PortHolderTests
{
    [Fact]
    public void A_taken_port_is_told_with_who_has_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        PortHolder.IsFree(port).ShouldBeFalse();
        if (OperatingSystem.IsLinux())
        {
            PortHolder.Of(port)!.ShouldContain($"process {Environment.ProcessId}");
        }

        listener.Stop();
        PortHolder.IsFree(port).ShouldBeTrue();
    }
}
