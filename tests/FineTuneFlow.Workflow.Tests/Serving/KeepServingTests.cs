using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;

namespace FineTuneFlow.Workflow.Tests.Serving;

public sealed class KeepServingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_delivery_whose_request_arrives_when_the_deployment_is_needed_no_more_takes_it_down_again(int refusals)
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var plane = new ControlPlane { State = DeploymentState.Creating };
        string project = $"late-{Guid.NewGuid():N}"[..20];
        var input = new ServeChampionInput(project);
        ChampionVersion tuned = Version(1, "azure");
        await product.Store.WriteJsonAsync(RunPaths.Champion(project), new ChampionRecord([tuned]));
        (await Step(product, plane).RunAsync(input, Cancellation)).ShouldBe(new ServingProgress(1, Pending: true));
        plane.BeforeEnsure = async () =>
        {
            await product.Store.WriteJsonAsync(RunPaths.Champion(project), new ChampionRecord([tuned, Version(2, null)]));
            (await Step(product, plane).RunAsync(input, Cancellation)).Standing.ShouldBe(0);
            plane.Refuses = refusals;
        };

        await Step(product, plane).RunAsync(input, Cancellation);

        plane.Ensured.ShouldBe(2);
        plane.Standing.ShouldBeEmpty();
        (await product.Store.ReadJsonAsync<ServingState>(RunPaths.Serving(project))).Deployments.ShouldBeEmpty();
    }

    private static KeepServing Step(WholeProduct product, ControlPlane plane) => new(
        product.Store, product.Get<Champions>(), product.Get<ProjectRecipes>(), product.Get<IProviders>(), plane, plane.Clock);

    private static ChampionVersion Version(int number, string? provider) => new(
        number, "run-0123456789", "a", provider is null ? OutcomeKind.LinearBaseline : OutcomeKind.FineTune, provider, "gpt-4.1-mini", "ft:a", "chat",
        new LabelSet(["bad", "good"], false, []), 0.9, DateTimeOffset.UnixEpoch, "rule");
}
