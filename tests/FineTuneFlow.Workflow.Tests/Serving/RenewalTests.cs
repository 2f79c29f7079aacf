using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Serving;

/// <summary>Deployments of a free tier, which the service takes away after a day, over five days of looks every four hours.</summary>
public sealed class RenewalTests : IDisposable
{
    private const string Project = "renewed";
    private static readonly ProviderFacts Azure = new("azure", ProviderKind.AzureOpenAI, NeedsDeployment: true, NeedsFileProcessing: true, 1, "azureOpenAI") { CanDeploy = true };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-renewal-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_free_deployment_is_renewed_before_its_day_is_over_answers_all_the_time_and_is_gone_when_nobody_needs_it()
    {
        using var store = new FileBlobStore(_folder.FullName);
        var service = new FreeTier(_clock);
        KeepServing step = Step(store, service);
        await store.WriteJsonAsync(RunPaths.Champion(Project), new ChampionRecord([Version(OutcomeKind.FineTune, "azure", "ft:gpt-4.1-mini:renewed")]));

        for (int look = 0; look <= 5 * 6; look++)
        {
            while ((await step.RunAsync(new ServeChampionInput(Project), Cancellation)).Pending)
            {
                _clock.Advance(TimeSpan.FromSeconds(15));
            }

            ServedDeployment served = (await store.ReadJsonAsync<ServingState>(RunPaths.Serving(Project))).Deployments.Single();
            served.Active.ShouldNotBeNull();
            (await service.GetAsync("azure", served.Active, Cancellation))!.State.ShouldBe(DeploymentState.Ready, $"look {look}");
            service.Standing.ShouldBe([served.Active], $"look {look}: what was renewed is removed");
            // Nobody may find it taken away before the next look.
            service.Gone.ShouldBeEmpty($"look {look}");
            _clock.Advance(TimeSpan.FromHours(4));
        }

        service.Made.Count.ShouldBe(7, "the first, and one after each twenty of a hundred and twenty hours");
        service.MostAtOnce.ShouldBe(2, "the next one answers before the last is removed");

        await store.WriteJsonAsync(RunPaths.Champion(Project), new ChampionRecord([Version(OutcomeKind.LinearBaseline, null, "models/renewed/v2")]));
        (await step.RunAsync(new ServeChampionInput(Project), Cancellation)).Standing.ShouldBe(0);
        service.Standing.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_the_service_took_away_is_made_again_and_one_that_costs_is_not_renewed()
    {
        using var store = new FileBlobStore(_folder.FullName);
        var service = new FreeTier(_clock) { HourlyUsd = 1.7 };
        KeepServing step = Step(store, service);
        await store.WriteJsonAsync(RunPaths.Champion(Project), new ChampionRecord([Version(OutcomeKind.FineTune, "azure", "ft:gpt-4.1-mini:renewed")]));
        await KeepAsync(step);
        _clock.Advance(TimeSpan.FromDays(3));
        await KeepAsync(step);
        service.Made.Count.ShouldBe(1);

        await service.RemoveAsync("azure", service.Standing.Single(), Cancellation);
        await KeepAsync(step);
        await KeepAsync(step);

        service.Standing.Count.ShouldBe(1);
        service.Made.Count.ShouldBe(2);
    }

    private async Task KeepAsync(KeepServing step)
    {
        while ((await step.RunAsync(new ServeChampionInput(Project), Cancellation)).Pending)
        {
            _clock.Advance(TimeSpan.FromSeconds(15));
        }
    }

    private KeepServing Step(FileBlobStore store, IModelDeployments service) => new(
        store, new Champions(store, null!, new VersionReferences(store), _clock), new ProjectRecipes(store), new OneProvider(), service, _clock);

    private ChampionVersion Version(OutcomeKind kind, string? provider, string model) => new(
        provider is null ? 2 : 1, "renewed-0123456789", "gpt", kind, provider, "gpt-4.1-mini", model, "", new LabelSet(["1", "5"], true, ["5"]), 0.8, _clock.GetUtcNow(), "rule");

    private sealed class OneProvider : IProviders
    {
        public IReadOnlyList<ProviderFacts> All => [Azure];

        public string Default => "azure";

        public IFineTuningProvider Get(string name) => throw new NotSupportedException("nothing is asked here");
    }

    /// <summary>Azure's developer tier by its documentation: no hourly fee, and after 24 hours a deployment is gone.</summary>
    private sealed class FreeTier(TimeProvider clock) : IModelDeployments
    {
        private static readonly TimeSpan Coming = TimeSpan.FromSeconds(40);
        private readonly Dictionary<string, DateTimeOffset> _made = [];

        public double HourlyUsd { get; init; }

        public List<string> Made { get; } = [];

        public int MostAtOnce { get; private set; }

        public IReadOnlyList<string> Standing => [.. _made.Keys.Except(Gone)];

        public IReadOnlyList<string> Gone => HourlyUsd > 0 ? [] : [.. _made.Where(one => clock.GetUtcNow() - one.Value >= TimeSpan.FromDays(1)).Select(one => one.Key)];

        public Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default)
        {
            if (!_made.ContainsKey(deployment))
            {
                _made[deployment] = clock.GetUtcNow();
                Made.Add(deployment);
            }

            MostAtOnce = Math.Max(MostAtOnce, Standing.Count);
            return Task.FromResult(Of(deployment));
        }

        public Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default) =>
            Task.FromResult(Standing.Contains(deployment) ? Of(deployment) : null);

        public Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default) => Task.FromResult(_made.Remove(deployment));

        private ModelDeployment Of(string name) => new(
            name, clock.GetUtcNow() - _made[name] < Coming ? DeploymentState.Creating : DeploymentState.Ready, HourlyUsd, _made[name]);
    }
}
