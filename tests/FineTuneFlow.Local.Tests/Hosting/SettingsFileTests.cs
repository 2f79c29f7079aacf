using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;

namespace FineTuneFlow.Local.Tests.Hosting;

public sealed class SettingsFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Values_and_the_port_are_read_as_the_Functions_tools_write_them()
    {
        Dictionary<string, string?> values = Read("""{ "IsEncrypted": false, /* ours */ "Values": { "Providers__simulator__Kind": "simulator" }, "Host": { "LocalHttpPort": 7999 } }""");

        values["Providers:simulator:Kind"].ShouldBe("simulator");
        values["Port"].ShouldBe("7999");
    }

    [Theory]
    [InlineData("""{ "Values": { "DefaultProvidr": "x" } }""", "DefaultProvider")]
    [InlineData("""{ "Values": { "Providers": { "simulator": {} } } }""", "A__B")]
    [InlineData("""{ "values": {} }""", "Values")]
    [InlineData("{ \"Values\": ", "Correct the file")]
    [InlineData("[]", "Values")]
    [InlineData("""{ "Values": 1 }""", "names with values")]
    [InlineData("""{ "Values": { "Port": "7300", "Port": "7301" } }""", "Correct the file")]
    [InlineData("{ \"Values\": { \"\\udc00\": \"x\" } }", "Correct the file")]
    [InlineData("{ \"Values\": { \"DefaultProvider\": \"\\ud83d\" } }", "Correct the file")]
    public void A_file_that_is_wrong_says_where_and_what_to_do(string json, string remedy)
    {
        Failure failure = Should.Throw<FlowException>(() => Read(json)).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Location!.File.ShouldBe(_file);
        failure.Remedy!.ShouldContain(remedy);
    }

    [Fact]
    public void A_host_that_is_no_section_has_no_port() => Read("""{ "Host": 1 }""").ShouldBeEmpty();

    [Fact]
    public void The_sample_that_ships_is_valid()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "local.settings.sample.json")))
        {
            folder = folder.Parent;
        }

        SettingsFile.Read(Path.Combine(folder!.FullName, "local.settings.sample.json")).ShouldContainKeyAndValue("DefaultProvider", "simulator");
    }

    private Dictionary<string, string?> Read(string json)
    {
        File.WriteAllText(_file, json);
        return SettingsFile.Read(_file);
    }
}
