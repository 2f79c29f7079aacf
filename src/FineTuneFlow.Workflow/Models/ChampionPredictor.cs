using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Asks a project's champion, in the form in which it was trained and judged: a model of our own in process, any other at
/// its provider.</summary>
public sealed class ChampionPredictor(Champions champions, VersionFiles files, OwnModels own, IProviders providers)
{
    /// <summary>The champion's answers to texts, in their order.</summary>
    /// <exception cref="FlowException">NotFound: the project has no champion; or what the provider answers.</exception>
    public async Task<(ChampionVersion Champion, IReadOnlyList<Prediction> Answers)> PredictAsync(
        string project, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        ChampionVersion champion = (await champions.ReadAsync(project, cancellation)).Current
            ?? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion", "Promote a candidate of one of its runs first");
        return (champion, champion.Provider is null
            ? (await own.GetAsync(champion.Kind, champion.OwnFolder)).Answer(texts)
            : await AskProvider(champion, texts, cancellation));
    }

    private async Task<IReadOnlyList<Prediction>> AskProvider(ChampionVersion champion, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        QuestionComposer composer = await files.ComposerAsync(champion, cancellation);
        IFineTuningProvider provider = providers.Get(champion.Provider!);
        return await Task.WhenAll(texts.Select(async text =>
            AnswerParser.Parse("", champion.Labels, await provider.AskAsync(composer.Ask(champion.Model, text), cancellation), composer.Style)));
    }
}
