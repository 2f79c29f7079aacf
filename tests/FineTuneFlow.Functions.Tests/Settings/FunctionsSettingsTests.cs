using FineTuneFlow.Core.Failures;
using FineTuneFlow.Functions.Composition;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Functions.Tests.Settings;

public sealed class FunctionsSettingsTests
{
    [Fact]
    public void The_sample_starts_the_app_on_this_machine()
    {
        IConfiguration settings = Configuration(JsonFile.Values);

        FunctionsSettings.Read(settings).ShouldBe(new FunctionsSettings("FineTuneFlow", "0 0 2 * * *", null, null));
        StorageOptions.Read(settings).ConnectionString.ShouldBe("UseDevelopmentStorage=true");
        ProviderSettings.Read(settings).All.Single().Kind.ShouldBe(ProviderKind.Simulator);
        JsonFile.Values["FUNCTIONS_WORKER_RUNTIME"].ShouldBe("dotnet-isolated");
        JsonFile.Values["AzureWebJobsStorage"].ShouldBe("UseDevelopmentStorage=true");
    }

    [Fact]
    public void The_sample_holds_no_setting_that_nothing_reads()
    {
        string[] hosts = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "Datasets", "TASKHUB_NAME", "NightlySchedule", "DefaultProvider"];

        // Those of the providers are read strictly, in the test above.
        JsonFile.Values.Keys
            .Where(key => !hosts.Contains(key) && !key.StartsWith("Providers__", StringComparison.Ordinal))
            .ShouldBeEmpty();
        JsonFile.LocalSettings.Select(pair => pair.Key).ShouldBe(["IsEncrypted", "Values", "Host"]);
    }

    [Fact]
    public void An_app_without_storage_does_not_start()
    {
        Dictionary<string, string?> values = JsonFile.Values;
        values.Remove("Datasets");

        Failure failure = Should.Throw<FlowException>(() => FunctionsSettings.Read(Configuration(values))).Failure;

        failure.Field.ShouldBe("Datasets__blobServiceUri");
        failure.Remedy.ShouldNotBeNull().ShouldContain("UseDevelopmentStorage=true");
        values["Datasets__blobServiceUri"] = "https://st.blob.core.windows.net";
        FunctionsSettings.Read(Configuration(values)).TaskHub.ShouldBe("FineTuneFlow");
    }

    [Theory]
    [InlineData("TASKHUB_NAME", null)]
    [InlineData("TASKHUB_NAME", "my-hub")]
    [InlineData("NightlySchedule", null)]
    [InlineData("NightlySchedule", "0 2 * * *")]
    [InlineData("NightlySchedule", "at night")]
    public void A_wrong_setting_stops_the_start_with_its_name_and_a_remedy(string name, string? value)
    {
        Dictionary<string, string?> values = JsonFile.Values;
        values[name] = value;

        Failure failure = Should.Throw<FlowException>(() => FunctionsSettings.Read(Configuration(values))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Field.ShouldBe(name);
        failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    private static IConfiguration Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => pair.Value)).Build();
}
