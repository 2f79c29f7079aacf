using System.Diagnostics.Metrics;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Deployments whose steps are delivered late, or whose answers are lost.</summary>
public sealed class DeploymentsTests
{
    private static readonly DeployModelInput Input = new("late-0123456789", "a", "azure", "ft:a");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deploying_step_that_comes_after_the_removal_puts_nothing_up()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var service = new ControlPlane();
        DeployModel deploy = Deploy(product, service);
        DeployModelInput input = Input with { RunId = $"late-{Guid.NewGuid():N}" };
        (await deploy.RunAsync(input, Cancellation)).Ready.ShouldBeTrue();
        await Removing(product, service).RunAsync(Removal(input), Cancellation);

        FlowException late = await Should.ThrowAsync<FlowException>(deploy.RunAsync(input, Cancellation));

        late.Failure.Kind.ShouldBe(FailureKind.Conflict);
        service.Standing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deploying_step_during_which_the_deployment_is_removed_takes_down_what_it_has_put_up()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var service = new ControlPlane();
        DeployModelInput input = Input with { RunId = $"late-{Guid.NewGuid():N}" };
        await Deploy(product, service).RunAsync(input, Cancellation);
        // The request of this delivery is under way while the evaluation ends, and arrives afterwards.
        service.BeforeEnsure = async () =>
        {
            await Removing(product, service).RunAsync(Removal(input), Cancellation);
            service.Refuses = 2;
        };

        FlowException late = await Should.ThrowAsync<FlowException>(Deploy(product, service).RunAsync(input, Cancellation));

        late.Failure.Kind.ShouldBe(FailureKind.Conflict);
        service.Ensured.ShouldBe(2);
        service.Standing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_removal_whose_answer_is_lost_still_costs_the_hours_that_it_stood()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var service = new ControlPlane();
        DeployModelInput input = Input with { RunId = $"lost-{Guid.NewGuid():N}" };
        await Deploy(product, service).RunAsync(input, Cancellation);
        service.Clock.Advance(TimeSpan.FromHours(2));
        service.LosesNextRemoval = true;
        Deployments deployments = Removals(product, service);
        BlobPath record = RunPaths.Deployment(input.RunId, input.Candidate);

        await Should.ThrowAsync<FlowException>(deployments.RemoveAsync(record, Cancellation));
        service.Standing.ShouldBeEmpty("the request had arrived");
        // Its host is away for a while before it tries again: that costs nothing.
        service.Clock.Advance(TimeSpan.FromMinutes(40));
        double usd = await deployments.RemoveAsync(record, Cancellation);

        usd.ShouldBe(2 * ControlPlane.HourlyUsd, 1e-6);
        (await product.Store.ReadJsonAsync<DeploymentRecord>(record)).HostingUsd.ShouldBe(2 * ControlPlane.HourlyUsd, 1e-6);
        service.Clock.Advance(TimeSpan.FromHours(5));
        (await deployments.RemoveAsync(record, Cancellation)).ShouldBe(usd, 1e-6, "what was written down is not counted on");
    }

    [Fact]
    public async Task One_that_is_given_up_is_deleted_and_made_again_after_a_pause_once()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var service = new ControlPlane { State = DeploymentState.Creating };
        DeployModel deploy = Deploy(product, service);
        DeployModelInput input = Input with { RunId = $"stuck-{Guid.NewGuid():N}" };
        (await deploy.RunAsync(input, Cancellation)).Ready.ShouldBeFalse();
        service.State = DeploymentState.Ready;

        (await deploy.RunAsync(input with { Remade = 1 }, Cancellation)).Ready.ShouldBeFalse();
        service.Standing.ShouldBeEmpty("it is deleted");
        service.Clock.Advance(TimeSpan.FromMinutes(4));
        (await deploy.RunAsync(input with { Remade = 1 }, Cancellation)).Ready.ShouldBeFalse();
        service.Ensured.ShouldBe(1, "and not made again at once");
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        (await deploy.RunAsync(input with { Remade = 1 }, Cancellation)).Ready.ShouldBeTrue();

        // A delivery of the step before, that comes late, deletes nothing.
        (await deploy.RunAsync(input, Cancellation)).Ready.ShouldBeTrue();
        service.Standing.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_hours_of_one_that_is_given_up_count_beside_those_of_the_next_one_also_when_the_answer_is_lost()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.Service);
        var service = new ControlPlane();
        DeployModel deploy = Deploy(product, service);
        DeployModelInput input = Input with { RunId = $"again-{Guid.NewGuid():N}" };
        await deploy.RunAsync(input, Cancellation);
        service.Clock.Advance(TimeSpan.FromHours(2));
        service.LosesNextRemoval = true;

        await Should.ThrowAsync<FlowException>(deploy.RunAsync(input with { Remade = 1 }, Cancellation));
        await deploy.RunAsync(input with { Remade = 1 }, Cancellation);
        service.Clock.Advance(TimeSpan.FromHours(1));
        (await deploy.RunAsync(input with { Remade = 1 }, Cancellation)).Ready.ShouldBeTrue();
        service.Clock.Advance(TimeSpan.FromHours(3));
        double usd = await Removals(product, service).RemoveAsync(RunPaths.Deployment(input.RunId, input.Candidate), Cancellation);

        usd.ShouldBe((2 + 3) * ControlPlane.HourlyUsd, 1e-6, "the hour between the two costs nothing");
        DeploymentRecord record = await product.Store.ReadJsonAsync<DeploymentRecord>(RunPaths.Deployment(input.RunId, input.Candidate));
        (double all, double? hours) = record.Hosting();
        (all / hours!.Value).ShouldBe(ControlPlane.HourlyUsd, 1e-6, "the report prices a day of it by this");
    }

    [Fact]
    public async Task The_hours_of_all_that_were_given_up_are_added_up_and_told_and_a_removed_one_is_removed_again()
    {
        var service = new ControlPlane();
        var store = new MemoryStore();
        using var telemetry = new FlowTelemetry();
        var deployments = new Deployments(store, service, service.Clock, telemetry);
        BlobPath record = RunPaths.Deployment("r", "a");
        (await deployments.RemoveAsync(record, Cancellation)).ShouldBe(0, "nothing was deployed");
        var told = new List<double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => listening.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>((_, usd, tags, _) =>
        {
            if (tags.ToArray().Any(tag => tag is { Key: "use", Value: "hosting" }) && tags.ToArray().Any(tag => tag is { Key: "provider", Value: "given-up" }))
            {
                told.Add(usd);
            }
        });
        listener.Start();

        await store.WriteJsonAsync(record, new DeploymentRecord("given-up", "d", service.Clock.GetUtcNow(), null, 0), cancellation: Cancellation);
        for (int remade = 1; remade <= 2; remade++)
        {
            await service.EnsureAsync("given-up", "d", "ft:a", Cancellation);
            service.Clock.Advance(TimeSpan.FromHours(remade));
            (DeploymentRecord standing, string etag) = (await store.FindJsonAsync<DeploymentRecord>(record, Cancellation))!.Value;
            await deployments.GiveUpAsync(record, standing, etag, remade, TimeSpan.FromMinutes(5), Cancellation);
            DateTimeOffset now = service.Clock.GetUtcNow();
            DeploymentRecord given = await store.ReadJsonAsync<DeploymentRecord>(record, Cancellation);
            (given with { HostingUsd = 0 }).ShouldBe(new DeploymentRecord("given-up", "d", now.AddMinutes(5), null, 0, 0, remade, now.AddMinutes(5), EarlierHours: remade == 1 ? 1 : 3));
            given.HostingUsd.ShouldBe((remade == 1 ? 1 : 3) * ControlPlane.HourlyUsd, 1e-9);
        }

        (await deployments.RemoveAsync(record, Cancellation)).ShouldBe(3 * ControlPlane.HourlyUsd, 1e-9, "it was not put up a third time");
        await service.EnsureAsync("given-up", "d", "ft:a", Cancellation);
        (await deployments.RemoveAsync(record, Cancellation)).ShouldBe(3 * ControlPlane.HourlyUsd, 1e-9);
        service.Standing.ShouldBeEmpty("a late delivery has put it up again, and it is taken down again");
        told.Select(usd => Math.Round(usd, 9)).ShouldBe([1.7, 3.4, 0]);
    }

    private static RemoveDeploymentInput Removal(DeployModelInput input) => new(input.RunId, input.Candidate, input.Provider);

    private static DeployModel Deploy(WholeProduct product, ControlPlane service) =>
        new(product.Store, product.Get<IProviders>(), service, Removals(product, service), product.Get<RunGuard>(), service.Clock);

    private static Deployments Removals(WholeProduct product, ControlPlane service) => new(product.Store, service, service.Clock, product.Get<FlowTelemetry>());

    private static RemoveDeployment Removing(WholeProduct product, ControlPlane service) => new(Removals(product, service));
}
