using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class CheckpointTrialTests
{
    [Theory]
    [InlineData(0.9, 0.7, "ft:a:step-10")]
    [InlineData(0.7, 0.9, "ft:a")]
    public async Task The_better_one_on_the_validation_split_is_judged_on_the_holdout(double early, double finished, string chosen)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        Trying(stubs, CheckpointUse.Best);
        stubs.Answer(Steps.ScoreCandidate, input => StubAnswers.Score("a", input.Candidate.Kind) with { Accuracy = input.Candidate.Asked?.Step == 10 ? early : finished });

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        IReadOnlyList<EvaluateChunkInput> asked = stubs.Inputs(Steps.EvaluateChunk);
        asked.Where(chunk => chunk.Candidate.Asked is null).Select(chunk => chunk.Model).Distinct().ShouldBe([chosen]);
        asked.Where(chunk => chunk.Candidate.Asked is not null).ShouldAllBe(chunk => chunk.Candidate.Asked!.OnValidation);
        stubs.Record.Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task One_that_is_not_served_is_left_out_with_a_note()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        Trying(stubs, CheckpointUse.Best);
        stubs.Answer(Steps.EvaluateChunk, chunk => chunk.Candidate.Asked?.Step == 10
            ? throw new FlowException(FailureKind.NotFound, "no such model")
            : new ChunkResult(chunk.Chunk));

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Record.Outcome.ShouldBe(RunOutcome.Succeeded);
        stubs.Record.Notes.ShouldContain("a: checkpoint 1 (step 10) could not be asked about the validation split: no such model");
        stubs.Inputs(Steps.EvaluateChunk).Where(chunk => chunk.Candidate.Asked is null).ShouldAllBe(chunk => chunk.Model == "ft:a");
    }

    [Fact]
    public async Task Those_that_need_deployments_are_tried_one_by_one()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        Trying(stubs, CheckpointUse.Best);
        stubs.Answer(Steps.PlanCheckpoints, input => new CheckpointPlan(
            [new CurveCheckpoint(10, "ft:a:step-10"), new CurveCheckpoint(20, "ft:a")], StubAnswers.Evaluation, OneByOne: true));

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        int?[] order = [.. stubs.Inputs(Steps.EvaluateChunk).Select(chunk => chunk.Candidate.Asked?.Step)];
        order.ShouldBe([10, 10, 20, 20, null, null]);
    }

    [Fact]
    public async Task With_one_checkpoint_there_is_nothing_to_try()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        Trying(stubs, CheckpointUse.Best);
        stubs.Answer(Steps.PlanCheckpoints, _ => new CheckpointPlan([new CurveCheckpoint(20, "ft:a")], StubAnswers.Evaluation, false));

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Inputs(Steps.EvaluateChunk).Count.ShouldBe(2);
        stubs.Record.Notes.ShouldContain(note => note.Contains("nothing to choose", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_are_judged_on_the_holdout_where_the_recipe_asks_for_it_and_none_of_them_is_chosen_by_it()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        Trying(stubs, CheckpointUse.All);
        stubs.Answer(Steps.ScoreCandidate, input => StubAnswers.Score("a", input.Candidate.Kind) with
        {
            Accuracy = input.Candidate.Asked switch { { OnValidation: true, Step: 20 } => 0.9, { OnValidation: true } => 0.5, { Step: 10 } => 1, _ => 0.6 },
        });

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Inputs(Steps.EvaluateChunk).Where(chunk => chunk.Candidate.Asked is { OnValidation: false }).ShouldAllBe(chunk => chunk.Model == "ft:a:step-10");
        CandidateRecord judged = stubs.Record.Candidates.Single(c => c.Name == "a");
        judged.Accuracy.ShouldBe(0.6);
    }

    private static void Trying(StubbedSteps stubs, CheckpointUse use) => stubs
        .Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Candidates = [StubAnswers.A with { Checkpoints = use }], Baselines = [] })
        .Answer(Steps.DeployModel, _ => new DeployedModel(null, true));
}
