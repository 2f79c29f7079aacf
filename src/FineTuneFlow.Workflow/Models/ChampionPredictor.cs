using System.Collections.Concurrent;
using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Asks a project's champion, in the form in which it was trained and judged.</summary>
public sealed class ChampionPredictor(IBlobStore store, Champions champions, IProviders providers, Shots shots)
{
    private readonly ConcurrentDictionary<string, LinearClassifier> loaded = new();

    /// <summary>The champion's answer for one text.</summary>
    /// <exception cref="FlowException">NotFound: the project has no champion; or what the provider answers.</exception>
    public async Task<(ChampionVersion Champion, Prediction Answer)> PredictAsync(string project, string text, CancellationToken cancellation)
    {
        ChampionVersion champion = (await champions.ReadAsync(project, cancellation)).Current
            ?? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion", "Promote a candidate of one of its runs first");
        return (champion, champion.Provider is null
            ? await AskLinear(champion, text, cancellation)
            : await AskProvider(champion, text, cancellation));
    }

    private async Task<Prediction> AskProvider(ChampionVersion champion, string text, CancellationToken cancellation)
    {
        CandidateRecipe recipe = await RunRecipes.CandidateAsync(store, champion.RunId, champion.Candidate, cancellation);
        Recipe run = await RunRecipes.ReadAsync(store, champion.RunId, cancellation);
        ImmutableArray<DatasetRow> examples = await shots.DrawAsync(champion.RunId, recipe, run.Dataset.Split.Seed, cancellation);
        var composer = new QuestionComposer(recipe, champion.BaseModel, champion.Labels, examples);
        ModelAnswer answer = await providers.Get(champion.Provider!).AskAsync(composer.Ask(champion.Model, text), cancellation);
        return AnswerParser.Parse("predict", champion.Labels, answer, composer.Style);
    }

    private async Task<Prediction> AskLinear(ChampionVersion champion, string text, CancellationToken cancellation)
    {
        if (!loaded.TryGetValue(champion.Model, out LinearClassifier? model))
        {
            using var weights = new MemoryStream(await store.ReadBytesAsync(BlobPath.Parse(champion.Model), cancellation));
            model = loaded.GetOrAdd(champion.Model, LinearClassifier.Load(weights));
        }

        return LinearPrediction.Of(model, "predict", text);
    }
}
