using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Tests.Stack;

public sealed class StackSettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("{}", StackStorage.Files, "simulator")]
    [InlineData("""{ "Providers__mine__Kind": "simulator" }""", StackStorage.Files, "mine")]
    [InlineData("""{ "Providers__far__Kind": "simulator", "Providers__far__BaseAddress": "http://10.0.0.5:7072/v1/" }""", StackStorage.Files, "")]
    [InlineData("""{ "Datasets": "UseDevelopmentStorage=true" }""", StackStorage.Files, "simulator")]
    [InlineData("""{ "Datasets__blobServiceUri": "https://a.blob.core.windows.net" }""", StackStorage.Account, "simulator")]
    [InlineData("""{ "Datasets": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=aa==", "Providers__o__Kind": "openai" }""", StackStorage.Account, "")]
    public void Only_what_the_settings_ask_for_is_started(string values, object storage, string simulators)
    {
        StackSettings settings = Read(values);

        settings.Storage.ShouldBe(storage);
        string.Join(',', settings.SimulatorNames).ShouldBe(simulators);
    }

    [Fact]
    public void An_address_that_is_none_is_named()
    {
        Failure failure = Should.Throw<FlowException>(
            () => Read("""{ "Providers__s__Kind": "simulator", "Providers__s__BaseAddress": "here" }""")).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Field.ShouldBe("Providers__s__BaseAddress");
        failure.Remedy.ShouldNotBeNull().ShouldContain("http://");
    }

    private StackSettings Read(string values)
    {
        File.WriteAllText(_file, $$"""{ "Values": {{values}} }""");
        return StackSettings.Read(_file);
    }
}
