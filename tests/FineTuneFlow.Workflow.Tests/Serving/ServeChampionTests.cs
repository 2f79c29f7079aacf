using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Tests.Serving;

/// <summary>A champion at a service whose fine-tunes answer only where they are deployed.</summary>
public sealed class ServeChampionTests
{
    private const string Recipe = """
        {
          "candidates": [{ "name": "gpt", "provider": "azure", "model": "gpt-4.1-mini", "epochs": 1 }],
          "baselines": [], "budget": { "approveAbove": 50 }, "promotion": { "requireSignificance": false }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Its_deployment_is_made_answers_and_is_removed_when_another_champion_needs_none()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 1.7));
        RunView run = await stack.EndAsync((await stack.RunAsync("served", Reviews.Csv(200), Recipe)).RunId);
        run.Promoted.ShouldBe("gpt", run.Verdict);
        ChampionDesk desk = stack.Get<ChampionDesk>();

        FlowException coming = await Should.ThrowAsync<FlowException>(desk.AnswerAsync("served", ["excellent, perfect"], null, null, Cancellation));
        (coming.Failure.Kind, coming.Failure.RetryAfter).ShouldBe((FailureKind.Unavailable, TimeSpan.FromMinutes(1)));
        await UntilAsync(async () => (await stack.Get<ServingDeployments>().ReadAsync("served", Cancellation)).Deployments is [{ Active: not null }]);

        ServedDeployment standing = (await stack.Get<ServingDeployments>().ReadAsync("served", Cancellation)).Deployments.Single();
        standing.HourlyUsd.ShouldBe(1.7);
        IReadOnlyList<ServedAnswer> answers = await desk.AnswerAsync("served", ["excellent, perfect, love"], null, null, Cancellation);
        answers[0].Answer.Label.ShouldNotBeNull();
        answers[0].CostUsd!.Value.ShouldBeGreaterThan(0);

        // A model of ours takes its place: nothing refers to the deployment any more.
        string linear = (await stack.RunAsync("served", Reviews.Csv(220), """{ "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "eligible": ["prompt"] }, "budget": { "approveAbove": 50 } }""")).RunId;
        await stack.EndAsync(linear);
        await stack.Get<Champions>().PromoteAsync("served", new PromotionOrder(linear, "linear", "ann"), Cancellation);
        await stack.Get<ServingKeeper>().WakeAsync("served", Cancellation);
        await UntilAsync(async () => (await stack.Get<ServingDeployments>().ReadAsync("served", Cancellation)).Deployments.IsEmpty);
        (await stack.Get<IModelDeployments>().GetAsync("azure", standing.Active!, Cancellation)).ShouldBeNull();
        await UntilAsync(async () => await stack.Engine.GetAsync(Flows.ServeId("served"), Cancellation) is { HasEnded: true });
    }

    [Fact(Timeout = 120_000)]
    public async Task The_step_may_be_repeated_and_makes_one_deployment()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 1.7));
        RunView run = await stack.EndAsync((await stack.RunAsync("served-twice", Reviews.Csv(200), Recipe)).RunId);
        run.Promoted.ShouldBe("gpt", run.Verdict);
        KeepServing step = stack.Get<KeepServing>();

        for (int i = 0; i < 5; i++)
        {
            await step.RunAsync(new ServeChampionInput("served-twice"), Cancellation);
        }

        ServedDeployment standing = (await stack.Get<ServingDeployments>().ReadAsync("served-twice", Cancellation)).Deployments.Single();
        standing.Generation.ShouldBe(1);

        await UntilAsync(async () =>
        {
            await step.RunAsync(new ServeChampionInput("served-twice"), Cancellation);
            return (await stack.Get<ServingDeployments>().ReadAsync("served-twice", Cancellation)).Deployments is [{ Active: not null }];
        });
        standing = (await stack.Get<ServingDeployments>().ReadAsync("served-twice", Cancellation)).Deployments.Single();

        // Somebody takes it away by hand: the look that finds that out asks for another one at once, which makes it again.
        await stack.Get<IModelDeployments>().RemoveAsync("azure", standing.Active!, Cancellation);
        ServingProgress found = await step.RunAsync(new ServeChampionInput("served-twice"), Cancellation);
        found.ShouldBe(new ServingProgress(1, Pending: true));
        await step.RunAsync(new ServeChampionInput("served-twice"), Cancellation);
        ServedDeployment again = (await stack.Get<ServingDeployments>().ReadAsync("served-twice", Cancellation)).Deployments.Single();
        (again.Generation, again.Coming ?? again.Active).ShouldBe((2, ModelDeployment.NameOf("serve-served-twice-v1", "2")));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_night_during_a_deployment_disturbs_neither()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 1.7));
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe("night-deploys"), System.Text.Encoding.UTF8.GetBytes(Recipe));
        RunView run = await stack.EndAsync((await stack.RunAsync("night-deploys", Reviews.Csv(200), Recipe)).RunId);
        run.Promoted.ShouldBe("gpt", run.Verdict);
        await stack.Get<ServingKeeper>().WakeAsync("night-deploys", Cancellation);
        await stack.Store.WriteBytesAsync(
            RunPaths.Drop("night-deploys", "more.csv"), System.Text.Encoding.UTF8.GetBytes(Reviews.Csv(300, 7).Replace("the ", "the new ", StringComparison.Ordinal)));

        StartedRun night = (await stack.Get<NightlyRetrain>().RunAsync("night-deploys", Cancellation))!;
        RunView ended = await stack.EndAsync(night.RunId);

        ended.Failure.ShouldBeNull();
        await UntilAsync(async () => (await stack.Get<ServingDeployments>().ReadAsync("night-deploys", Cancellation)).Deployments.Any(one => one is { Active: not null, Coming: null }));
        ChampionVersion champion = (await stack.Get<Champions>().ReadAsync("night-deploys", Cancellation)).Current!;
        await UntilAsync(async () =>
        {
            await stack.Get<ServingKeeper>().WakeAsync("night-deploys", Cancellation);
            return (await stack.Get<ServingDeployments>().ReadAsync("night-deploys", Cancellation)).Deployments is [{ Active: not null } one] && one.Version == champion.Version;
        });
        (await stack.Get<ChampionDesk>().AnswerAsync("night-deploys", ["excellent, perfect"], null, null, Cancellation))[0].Answer.Label.ShouldNotBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_champion_that_its_provider_no_longer_knows_is_gone_with_the_reason_and_is_not_replaced_by_rule()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        const string Simulated = """
            {
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }], "baselines": [{ "name": "linear" }],
              "budget": { "approveAbove": 50 }, "promotion": { "eligible": ["fineTune"], "requireSignificance": false }, "dataset": { "split": { "method": "stable" } }
            }
            """;
        RunView run = await stack.EndAsync((await stack.RunAsync("gone", Reviews.Csv(200), Simulated)).RunId);
        run.Promoted.ShouldBe("gpt", run.Verdict);
        ChampionRecord record = await stack.Get<Champions>().ReadAsync("gone", Cancellation);
        ChampionVersion champion = record.Current! with { Model = "ft:gpt-3.5-turbo-0125:demo::deleted" };
        await stack.Store.WriteJsonAsync(RunPaths.Champion("gone"), record with { Versions = [champion] });

        FlowException gone = await Should.ThrowAsync<FlowException>(stack.Get<ChampionDesk>().AnswerAsync("gone", ["a text"], null, null, Cancellation));

        gone.Failure.Kind.ShouldBe(FailureKind.ModelRetired);
        gone.Failure.Message.ShouldContain(champion.Model);
        gone.Failure.Remedy!.ShouldContain("ftf rollback gone");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        DateTimeOffset limit = DateTimeOffset.UtcNow.AddMinutes(1);
        while (!await condition())
        {
            DateTimeOffset.UtcNow.ShouldBeLessThan(limit);
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }
}
