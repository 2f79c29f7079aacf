using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Tests.Models;

public sealed class ChampionTests
{
    private const string LinearAlone = """{ "candidates": [], "baselines": [{ "name": "linear" }], "dataset": { "split": { "method": "stable" } } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_linear_model_becomes_champion_by_rule_answers_when_its_run_is_gone_and_is_judged_beside_the_next_candidates()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        StartedRun run = await stack.RunAsync("own", Reviews.Csv(400), LinearAlone);

        RunView first = await stack.EndAsync(run.RunId);

        first.Failure.ShouldBeNull();
        first.Promoted.ShouldBe("linear");
        first.Headline!.ShouldStartWith("Use linear: ");
        first.Verdict!.ShouldStartWith(first.Headline);
        ChampionVersion champion = (await stack.Get<Champions>().ReadAsync("own", Cancellation)).Current!;
        (champion.Kind, champion.By, champion.Reason, champion.Provider).ShouldBe((OutcomeKind.LinearBaseline, "rule", first.Headline, null));
        champion.Lineage!.TrainRows.ShouldBeGreaterThan(100);
        champion.Lineage.JudgedRows.ShouldBeGreaterThan(30);
        await DeleteRun(stack, run.RunId);
        IReadOnlyList<ServedAnswer> answers = await stack.Get<ChampionDesk>().AnswerAsync("own", ["excellent, perfect, love it", "terrible and broken"], null, null, Cancellation);
        answers.ShouldAllBe(answer => answer.Version.Version == 1 && answer.CostUsd == 0);
        answers.Select(answer => answer.Answer.Label).ShouldBe(["5", "1"]);
    }

    [Fact]
    public async Task A_linear_champion_stands_beside_its_challengers_on_rows_that_it_has_not_seen()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.EndAsync((await stack.RunAsync("beside", Reviews.Csv(300), LinearAlone)).RunId);

        StartedRun second = await stack.RunAsync("beside", Reviews.Csv(500), LinearAlone.Replace("\"candidates\": []", "\"candidates\": [{ \"name\": \"gpt\", \"model\": \"gpt-3.5-turbo\", \"epochs\": 1 }], \"budget\": { \"approveAbove\": 50 }"));
        RunView ended = await stack.EndAsync(second.RunId);

        ended.Failure.ShouldBeNull();
        CandidateRecord champion = ended.Candidates.Select(c => c.Record).Single(c => c.Kind == OutcomeKind.Champion);
        (champion.Name, champion.State, champion.Provider).ShouldBe((PlannedCandidate.ChampionName, CandidateState.Judged, null));
        champion.Accuracy!.Value.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public async Task Another_champion_promoted_while_a_run_went_on_is_not_replaced_by_rule()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string first = (await stack.RunAsync("promoted-twice", Reviews.Csv(300), LinearAlone)).RunId;
        await stack.EndAsync(first);
        string second = (await stack.RunAsync("promoted-twice", Reviews.Csv(320), LinearAlone)).RunId;
        await stack.EndAsync(second);
        Champions champions = stack.Get<Champions>();

        FlowException refused = await Should.ThrowAsync<FlowException>(
            champions.PromoteAsync("promoted-twice", new PromotionOrder(second, "linear", "rule", OnlyOver: 0), Cancellation));
        ChampionVersion byHand = await champions.PromoteAsync("promoted-twice", new PromotionOrder(second, "linear", "ann", "it has more rows"), Cancellation);

        refused.Failure.Kind.ShouldBe(FailureKind.Conflict);
        refused.Failure.Message.ShouldContain("was judged against no champion");
        (byHand.By, byHand.Reason, byHand.Lineage!.Replaced).ShouldBe(("ann", "it has more rows", byHand.Version - 1));
    }

    [Fact]
    public async Task Two_promotions_at_once_are_two_versions_and_each_has_its_own_files()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string[] runs = ["", ""];
        for (int i = 0; i < runs.Length; i++)
        {
            runs[i] = (await stack.RunAsync("race", Reviews.Csv(200 + i), LinearAlone.Replace("\"candidates\": []", "\"candidates\": [], \"promotion\": { \"eligible\": [\"prompt\"] }"))).RunId;
            await stack.EndAsync(runs[i]);
        }

        Champions champions = stack.Get<Champions>();
        await Task.WhenAll(runs.Select(run => champions.PromoteAsync("race", new PromotionOrder(run, "linear", "a person"), Cancellation)));

        ChampionRecord record = await champions.ReadAsync("race", Cancellation);
        record.Versions.Select(v => v.Version).ShouldBe([1, 2]);
        record.Versions.Select(v => v.RunId).ShouldBe(runs, ignoreOrder: true);
        foreach (ChampionVersion version in record.Versions)
        {
            byte[] kept = await stack.Store.ReadBytesAsync(BlobPath.Parse($"{version.Folder}/model.bin"), Cancellation);
            kept.ShouldBe(await stack.Store.ReadBytesAsync(RunPaths.Baseline(version.RunId, "linear", "model.bin"), Cancellation));
        }
    }

    [Fact]
    public async Task Going_back_is_a_version_with_a_reason()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string run = (await stack.RunAsync("back", Reviews.Csv(300), LinearAlone)).RunId;
        await stack.EndAsync(run);
        string next = (await stack.RunAsync("back", Reviews.Csv(310), LinearAlone)).RunId;
        await stack.EndAsync(next);
        Champions champions = stack.Get<Champions>();
        await champions.PromoteAsync("back", new PromotionOrder(next, "linear", "ann"), Cancellation);

        ChampionVersion back = await champions.RollbackAsync("back", 1, "ben", "answers were odd", Cancellation);

        (back.Version, back.RunId, back.By, back.Reason).ShouldBe((3, run, "ben", "back to version 1: answers were odd"));
        FlowException none = await Should.ThrowAsync<FlowException>(champions.RollbackAsync("back", 9, "ben", null, Cancellation));
        none.Failure.ToString().ShouldContain("no earlier version 9");
        none.Failure.ToString().ShouldContain("1, 2");
    }

    [Fact]
    public async Task The_runner_up_of_a_run_is_the_challenger_by_rule_and_answers_by_that_name_until_it_is_promoted()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string recipe = LinearAlone.Replace("\"candidates\": []", "\"candidates\": [{ \"name\": \"gpt\", \"model\": \"gpt-3.5-turbo\", \"epochs\": 1 }], \"budget\": { \"approveAbove\": 50 }, \"promotion\": { \"requireSignificance\": false }");
        RunView run = await stack.EndAsync((await stack.RunAsync("challenged", Reviews.Csv(300), recipe)).RunId);
        Champions champions = stack.Get<Champions>();
        ChampionRecord record = await champions.ReadAsync("challenged", Cancellation);
        string runnerUp = run.Promoted == "gpt" ? "linear" : "gpt";

        IReadOnlyList<ServedAnswer> answers = await stack.Get<ChampionDesk>().AnswerAsync("challenged", ["excellent, perfect, love it"], "challenger", null, Cancellation);

        (record.Challenger!.Candidate, record.Challenger.Version, record.Challenger.By, record.Challenger.RunId).ShouldBe((runnerUp, 0, "rule", run.RunId));
        (answers[0].Version.Candidate, answers[0].Answer.Label).ShouldBe((runnerUp, "5"));
        await champions.PromoteAsync("challenged", new PromotionOrder(run.RunId, runnerUp, "ann"), Cancellation);
        (await champions.ReadAsync("challenged", Cancellation)).Challenger.ShouldBeNull("it is in use");
    }

    [Fact]
    public void The_version_in_shadow_is_the_challenger_and_otherwise_the_runner_up()
    {
        ChampionVersion Version(int number) => new(
            number, $"run-{number}", "linear", OutcomeKind.LinearBaseline, null, "linear", "models/p/v", "", new Core.Datasets.LabelSet(["a"], false, []), 0.5, default, "rule");
        var record = new ChampionRecord([Version(1), Version(2), Version(3)], Version(0));

        ServingChoice.Find(record, new Core.Recipes.ServingRecipe { Shadow = "1" }, "challenger")!.Version.ShouldBe(1);
        ServingChoice.Find(record, new Core.Recipes.ServingRecipe { Shadow = "previous" }, "challenger")!.Version.ShouldBe(2);
        ServingChoice.Find(record, new Core.Recipes.ServingRecipe { Shadow = "challenger" }, "challenger")!.Version.ShouldBe(0);
        ServingChoice.Find(record, new Core.Recipes.ServingRecipe(), "challenger")!.Version.ShouldBe(0);
    }

    private static async Task DeleteRun(WholeProduct stack, string runId)
    {
        await foreach (BlobEntry blob in stack.Store.ListAsync(RunPaths.Runs, $"{runId}/", Cancellation))
        {
            await stack.Store.DeleteAsync(blob.Path, Cancellation);
        }
    }
}
