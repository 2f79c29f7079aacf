using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

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
    public void Nothing_set_is_the_checkout_s_own_trainer()
    {
        ContainerJobSettings settings = Read();

        settings.Local.ShouldNotBeNull().IsTrainer.ShouldBeTrue();
        settings.Local.Command[^1].ShouldEndWith("train.sh");
        settings.Local.Machine.ShouldBe("local");
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
        var jobs = new RoutedContainerJobs(null, null, trainerOnly: false);

        Failure failure = (await Should.ThrowAsync<FlowException>(() => jobs.StartAsync(Request(isEncoder: false)))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Remedy.ShouldNotBeNull().ShouldContain("Baselines__Command");
    }

    [Theory]
    [InlineData(TrainingPlace.Auto, "job")]
    [InlineData(TrainingPlace.Job, "job")]
    [InlineData(TrainingPlace.Machine, "machine")]
    public void An_encoder_is_trained_where_its_recipe_says(TrainingPlace where, string machine)
    {
        var jobs = new RoutedContainerJobs(new Place("job"), new Place("machine"), trainerOnly: true);

        jobs.FactsOf(Request(isEncoder: true, where)).Machine.ShouldBe(machine);
    }

    [Fact]
    public void Without_a_job_it_is_trained_on_the_machine_and_not_where_there_is_none()
    {
        new RoutedContainerJobs(null, new Place("machine"), trainerOnly: true).FactsOf(Request(isEncoder: true)).Machine.ShouldBe("machine");
        Failure failure = Should.Throw<FlowException>(
            () => new RoutedContainerJobs(null, new Place("machine"), trainerOnly: true).StartAsync(Request(isEncoder: true, TrainingPlace.Job))).Failure;

        failure.Field.ShouldBe("Baselines__Job");
    }

    private static ContainerJobRequest Request(bool isEncoder, TrainingPlace where = TrainingPlace.Auto)
    {
        BlobPath some = BlobPath.Of("runs", "r/file");
        return new ContainerJobRequest
        {
            RunId = "r", Baseline = "b", Model = "m", Epochs = 1, Seed = 1, Train = some, Validation = some, Texts = some, Labels = some, Output = some,
            IsEncoder = isEncoder, Encoder = new EncoderSettings { Where = where },
        };
    }

    /// <summary>Knows its name and nothing else.</summary>
    private sealed class Place(string name) : IContainerJobs
    {
        public ContainerFacts FactsOf(ContainerJobRequest request) => new(TimeSpan.Zero, TimeSpan.Zero, name);

        public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();
    }

    private static ContainerJobSettings Read(params (string Name, string Value)[] settings) => ContainerJobSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build());
}
