using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Asks one version, in the form in which it was trained and judged: a model of our own in process, any other at its
/// provider, as fast as that takes it.</summary>
public sealed class VersionAnswers(
    VersionFiles files, OwnModels own, IProviders providers, ModelThrottle throttle, RunPrices prices, ServingDeployments deployments)
{
    /// <summary>One answer a text, in their order.</summary>
    /// <param name="project">Whose version.</param>
    /// <param name="version">Who is asked.</param>
    /// <param name="texts">At least one.</param>
    /// <param name="heard">Told each answer that is paid for as soon as it comes, with the text's place; null: nobody.</param>
    /// <exception cref="FlowException">ModelRetired: the model is gone at its provider; Unavailable: it is being deployed, or its
    /// provider does not answer; InvalidInput: its provider is not configured here.</exception>
    public async Task<IReadOnlyList<ServedAnswer>> AskAsync(string project, ChampionVersion version, IReadOnlyList<string> texts, Func<int, ServedAnswer, Task>? heard, CancellationToken cancellation)
    {
        if (version.Provider is null)
        {
            IOwnModel model = await own.GetAsync(version.Kind, version.OwnFolder);
            return [.. model.Answer(texts).Select(answer => new ServedAnswer(version, answer, 0, false))];
        }

        IFineTuningProvider provider = providers.Get(version.Provider);
        string asked = await deployments.ModelToAskAsync(project, version, provider.Facts, cancellation);
        QuestionComposer composer = await files.ComposerAsync(version, cancellation);
        try
        {
            return await Task.WhenAll(texts.Select(async (text, place) =>
            {
                ModelAnswer answer = await throttle.AskAsync(provider, composer.Ask(asked, text), cancellation);
                Prediction parsed = AnswerParser.Parse("", version.Labels, answer, composer.Style);
                double? usd = prices.Asking(
                    provider.Facts, version.BaseModel, version.Model != version.BaseModel, parsed.PromptTokens ?? 0, parsed.CompletionTokens ?? 0);
                var served = new ServedAnswer(version, parsed, usd, provider.Facts.Simulated);
                if (heard is not null)
                {
                    await heard(place, served);
                }

                return served;
            }));
        }
        catch (FlowException gone) when (gone.Failure.Kind is FailureKind.NotFound or FailureKind.ModelRetired)
        {
            throw new FlowException(
                FailureKind.ModelRetired,
                $"Version {version.Version} of {project} ({version.Model}) can no longer be asked: {version.Provider} says that it does not exist there ({gone.Failure.Message})",
                $"Go back to a version that still answers (ftf rollback {project}), or retrain and promote another");
        }
    }
}
