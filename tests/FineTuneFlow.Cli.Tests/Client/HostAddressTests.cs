using FineTuneFlow.Cli.Client;

namespace FineTuneFlow.Cli.Tests.Client;

/// <summary>The environment is the whole process's: these run alone.</summary>
[CollectionDefinition(nameof(HostAddressTests), DisableParallelization = true)]
[Collection(nameof(HostAddressTests))]
public sealed class HostAddressTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable("FTF_HOST");

    public void Dispose() => Environment.SetEnvironmentVariable("FTF_HOST", _before);

    [Theory]
    [InlineData("http://host:7071", "http://host:7071/")]
    [InlineData("https://host/sub", "https://host/sub/")]
    [InlineData("", null)]
    public void The_environment_names_the_host(string set, string? address)
    {
        Environment.SetEnvironmentVariable("FTF_HOST", set);

        (HostClient.Set?.AbsoluteUri).ShouldBe(address);
    }

    [Theory]
    [InlineData("host.azurewebsites.net")]
    [InlineData("localhost:7071")]
    [InlineData("ftp://host")]
    public async Task Nobody_else_is_asked_where_the_environment_names_no_address(string set)
    {
        Environment.SetEnvironmentVariable("FTF_HOST", set);

        (int code, _, string error) = await Ftf.RunAsync("clean", "--older-than", "0d");

        code.ShouldBe(2);
        error.ShouldStartWith($"error: FTF_HOST: \"{set}\" is not an address such as http://127.0.0.1:7071");
    }
}
