namespace FineTuneFlow.Simulator.Tests.Http;

public sealed class ForeignHostTests
{
    [Theory]
    [InlineData("attacker.example", 403)]
    [InlineData("127.0.0.1.attacker.example", 403)]
    [InlineData("192.168.0.7", 403)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]", 200)]
    public async Task On_loopback_only_names_of_this_machine_are_answered(string host, int status)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        simulator.Client.DefaultRequestHeaders.Host = host;
        (await simulator.SendAsync(HttpMethod.Get, "/v1/models")).Status.ShouldBe(status);
    }
}
