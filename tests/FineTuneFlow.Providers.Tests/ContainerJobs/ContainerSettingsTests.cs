using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

public sealed class ContainerSettingsTests
{
    [Fact]
    public void A_command_line_is_cut_at_blanks_outside_of_quotes() =>
        Read(("Baselines__Command", "python3 \"my folder/train.py\" --quiet \"\"")).Local!.Command.ShouldBe(["python3", "my folder/train.py", "--quiet", ""]);

    [Fact]
    public void A_job_takes_the_storages_address_for_the_container()
    {
        AzureContainerOptions azure = Read(
            ("Baselines__Job", "baseline"), ("Baselines__Subscription", "s"), ("Baselines__ResourceGroup", "rg"), ("Baselines__Machine", "a100"),
            ("Datasets__blobServiceUri", "https://account.blob.core.windows.net")).Azure!;

        azure.BlobService.ShouldBe(new Uri("https://account.blob.core.windows.net"));
        azure.ResourceManager.ShouldBe(new Uri("https://management.azure.com/"));
        azure.Machine.ShouldBe("a100");
    }

    [Fact]
    public void Nothing_set_is_nothing_configured()
    {
        ContainerJobSettings settings = Read();

        settings.Local.ShouldBeNull();
        settings.Azure.ShouldBeNull();
    }

    [Theory]
    [InlineData("Baselines__Comand", "x", "Baselines__Comand")]
    [InlineData("Baselines__Job", "x", "Baselines__Subscription")]
    [InlineData("Baselines__Command", "a \"b", "Baselines__Command")]
    public void A_wrong_setting_is_named(string name, string value, string field) =>
        Should.Throw<FlowException>(() => Read((name, value))).Failure.Field.ShouldBe(field);

    [Fact]
    public void A_job_with_storage_by_connection_string_is_refused() =>
        Should.Throw<FlowException>(() => Read(("Baselines__Job", "b"), ("Baselines__Subscription", "s"), ("Baselines__ResourceGroup", "rg")))
            .Failure.Field.ShouldBe("Datasets__blobServiceUri");

    [Fact]
    public async Task A_container_baseline_without_a_runner_is_told_what_to_set()
    {
        var services = new ServiceCollection();
        services.AddContainerJobs(new ConfigurationBuilder().Build());
        IContainerJobs jobs = services.BuildServiceProvider().GetRequiredService<IContainerJobs>();

        Failure failure = (await Should.ThrowAsync<FlowException>(() => jobs.StartAsync(null!))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Remedy.ShouldNotBeNull().ShouldContain("Baselines__Command");
    }

    private static ContainerJobSettings Read(params (string Name, string Value)[] settings) => ContainerJobSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build());
}
