using System.Net;
using System.Net.Sockets;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Tests.Stack;

public sealed class LocalStackTests
{
    [Fact]
    public async Task One_port_for_two_services_is_refused_before_either_has_it()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        string home = Directory.CreateTempSubdirectory("ftf-ports-").FullName;

        Failure failure = (await Should.ThrowAsync<FlowException>(
            () => LocalStack.StartAsync(new StackOptions(home) { Port = port, SimulatorPort = port }, _ => { }, TestContext.Current.CancellationToken))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldBe($"port {port}, which the simulator needs, is given to another service of the stack");
        failure.Remedy.ShouldBe("Give another with --simulator-port.");
        Directory.Delete(home, recursive: true);
    }
}
