using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Api.Datasets;

/// <summary>The quote of a recipe on checked data, at list prices.</summary>
public static class DatasetQuote
{
    /// <param name="recipe">What is to be trained.</param>
    /// <param name="profile">Of the data.</param>
    /// <param name="rows">Those that were sampled, whose tokens are counted.</param>
    /// <param name="encoders">What was found out about its encoders' models; null: nobody was asked.</param>
    public static Quote Make(Recipe recipe, DatasetProfile profile, CheckedRows rows, EncoderFindings? encoders = null) => Quote.Make(new QuoteInput
    {
        Train = SizeOf(profile.Splits[0]),
        LongTexts = profile.LongTexts,
        Holdout = SizeOf(profile.Splits[2]).Take(recipe.Evaluation.SampleRows),
        Validation = SizeOf(profile.Splits[1]).Take(recipe.Evaluation.SampleRows),
        LabelTokens = profile.Labels.Names.Select(label => TokenEstimate.Of(label).Likely).DefaultIfEmpty(1).Average(),
        Candidates =
        [
            .. CandidateGrid.Expand(recipe)
                .Select(Chosen)
                .Select(candidate => (Candidate: candidate, Model: BaseModel(recipe, candidate)))
                .Where(asked => asked.Model is not null)
                .Select(asked => Quoted(asked.Candidate, asked.Model!, profile.Labels) with
                {
                    Counted = CheckedTokens.Of(asked.Model!, Composer(recipe, asked.Candidate, asked.Model!, profile.Labels, rows), rows, profile, recipe.Evaluation.SampleRows),
                }),
            .. BaselineGrid.Expand(recipe).Select(QuotedCandidate.Of).Select(quoted => encoders?.Tell(quoted) ?? quoted),
        ],
        Budget = recipe.Budget,
        Mode = recipe.Evaluation.Mode,
    });

    /// <summary>Which provider trains is known where a run starts; here the model that is rehearsed with stands for the one to come.</summary>
    private static CandidateRecipe Chosen(CandidateRecipe candidate) => SuggestedModel.IsOpen(candidate)
        ? SuggestedModel.Of(candidate, ModelBook.Default, "simulator", DateOnly.MinValue, life => life.Tunable)!
        : candidate;

    /// <summary>The base model of a candidate, through the candidates that it continues; null where only the project's champion
    /// tells it.</summary>
    public static string? BaseModel(Recipe recipe, CandidateRecipe candidate)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        CandidateRecipe? at = candidate;
        while (at is { Model: null, ContinueFrom: { } from } && seen.Add(from))
        {
            at = recipe.Candidates.FirstOrDefault(other => other.Name == from);
        }

        return at?.Model;
    }

    private static QuestionComposer Composer(Recipe recipe, CandidateRecipe candidate, string model, LabelSet labels, CheckedRows rows) => new(
        candidate, model, labels,
        candidate.Kind == CandidateKind.Prompt && candidate.Shots > 0
            ? Shots.Draw([.. rows.All.Select((row, i) => new DatasetRow($"{i}", row.Text, row.Label))], candidate.Shots, recipe.Dataset.Split.Seed)
            : []);

    private static QuotedCandidate Quoted(CandidateRecipe candidate, string model, LabelSet labels) => new()
    {
        Name = candidate.Name,
        Work = candidate.Kind == CandidateKind.Prompt ? QuotedWork.AskBase : QuotedWork.TrainAndAsk,
        Model = model,
        Form = QuestionComposer.FormOf(candidate, model, labels),
        Epochs = candidate.Epochs.Count == 1 ? candidate.Epochs[0] : null,
        Tier = candidate.Tier,
        NewRowsOnly = candidate.Data == TrainingData.New,
        Shots = candidate.Shots,
        ChainOfThought = candidate.ChainOfThought,
        Checkpoints = candidate.Checkpoints,
        ReasoningEffort = candidate.ReasoningEffort ?? Reasoning.Cheapest([.. ModelBook.Default.Models.FirstOrDefault(life => life.Model == model && life.Efforts.Length > 0)?.Efforts ?? []]),
    };

    private static SplitSize SizeOf(SplitProfile split) => new(split.Rows, new Estimate(split.Tokens.Low, split.Tokens.Likely, split.Tokens.High));
}
