using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Estimates what a run will cost, before anything is uploaded, and keeps the whole quote beside the run.</summary>
public sealed class QuoteRun(
    IBlobStore store, IProviders providers, RunPrices prices, IContainerJobs containers, ContainerRequests requests, QuotedTokens tokens, EarlierRuns earlier,
    EarlierContainers made, EarlierAnswers answers)
    : IActivity<QuoteRunInput, QuoteSummary>
{
    public async Task<QuoteSummary> RunAsync(QuoteRunInput input, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        DatasetProfile profile = await store.ReadJsonAsync<DatasetProfile>(RunPaths.Dataset(input.RunId, DatasetFiles.Profile), cancellation);
        SplitSize train = SizeOf(profile, Split.Train);
        ImmutableDictionary<string, CountedTokens> counted = await tokens.CountAsync(input.RunId, input.Plan.Candidates, recipe, cancellation);
        var rented = new List<QuotedCandidate>();
        foreach (PlannedCandidate candidate in input.Plan.Candidates)
        {
            QuotedCandidate quoted = Quoted(candidate, recipe, profile.Labels) with { Counted = counted.GetValueOrDefault(candidate.Name) };
            rented.Add(await WithAdoptedAsync(input.RunId, candidate, quoted, rented, cancellation));
        }

        var own = new List<QuotedCandidate>();
        foreach (PlannedBaseline baseline in input.Plan.Baselines)
        {
            own.Add(await QuotedAsync(input.RunId, baseline, recipe, cancellation));
        }

        var quote = Quote.Make(
            new QuoteInput
            {
                Train = train,
                LongTexts = profile.LongTexts,
                Holdout = SizeOf(profile, Split.Test).Take(recipe.Evaluation.SampleRows),
                Validation = SizeOf(profile, Split.Validation).Take(recipe.Evaluation.SampleRows),
                LabelTokens = profile.Labels.Names.Average(label => TokenEstimate.Of(label).Likely),
                Candidates = [.. rented, .. own],
                Budget = recipe.Budget,
                Mode = recipe.Evaluation.Mode,
                Calibration = (await store.FindJsonAsync<TokenCalibration>(RunPaths.Calibration(input.Project), cancellation))?.Value,
            },
            prices.Book);
        await store.WriteJsonAsync(RunPaths.Quote(input.RunId), quote, cancellation: cancellation);
        return new QuoteSummary(
            quote.TotalUsd.Low,
            quote.TotalUsd.Likely,
            quote.TotalUsd.High,
            quote.Candidates.ToImmutableSortedDictionary(c => c.Name, c => c.TotalUsd.High, StringComparer.Ordinal),
            quote.NeedsApproval,
            quote.PayableUsd.High,
            quote.Candidates.ToImmutableSortedDictionary(c => c.Name, c => (c.EvaluationUsd + c.HostingUsd + c.SelectionUsd).High, StringComparer.Ordinal));
    }

    private static SplitSize SizeOf(DatasetProfile profile, Split split)
    {
        SplitProfile size = profile.Splits.First(s => s.Split == split);
        return new SplitSize(size.Rows, new Estimate(size.Tokens.Low, size.Tokens.Likely, size.Tokens.High));
    }

    private QuotedCandidate Quoted(PlannedCandidate candidate, Recipe recipe, LabelSet labels)
    {
        ProviderFacts provider = providers.Get(candidate.Provider).Facts;
        CandidateRecipe? asked = recipe.Candidates.FirstOrDefault(c => c.Name == candidate.Name);
        return new QuotedCandidate
        {
            Name = candidate.Name,
            Work = candidate.Trains ? QuotedWork.TrainAndAsk : candidate.IsTuned ? QuotedWork.AskTuned : QuotedWork.AskBase,
            PriceKey = provider.PriceKey,
            Simulated = provider.Simulated,
            Model = candidate.Model,
            Form = asked is null ? new TrainingForm(TrainingForm.FamilyOf(candidate.Model)) : QuestionComposer.FormOf(asked, candidate.Model, labels),
            Epochs = asked is { Epochs.Count: > 0 } ? asked.Epochs[0] : null,
            Tier = asked?.Tier,
            NewRowsOnly = asked?.Data == TrainingData.New,
            Shots = asked?.Shots ?? 0,
            ChainOfThought = asked?.ChainOfThought ?? false,
            ReasoningEffort = asked?.ReasoningEffort,
            NeedsDeployment = provider.NeedsDeployment && candidate.IsTuned,
            Checkpoints = candidate.Checkpoints,
            ServedCheckpoints = provider.ServedCheckpoints,
            HostingUsdPerHour = provider.HostingUsdPerHour,
            HostingTier = provider.HostingTier,
        };
    }

    /// <summary>What a rerun will not pay for again. A continuation is trained again where what it continues is.</summary>
    private async Task<QuotedCandidate> WithAdoptedAsync(
        string runId, PlannedCandidate candidate, QuotedCandidate quoted, List<QuotedCandidate> before, CancellationToken cancellation)
    {
        bool trained = candidate.Trains
            && before.FirstOrDefault(other => other.Name == candidate.ContinueFrom) is null or { TrainingAdopted: true }
            && await earlier.HasTrainedAsync(providers.Get(candidate.Provider), runId, candidate.Name, cancellation);
        return quoted with
        {
            TrainingAdopted = trained,
            AnswersAdopted = candidate.Trains && !trained ? 0 : await answers.CountAsync(runId, candidate, cancellation),
        };
    }

    private async Task<QuotedCandidate> QuotedAsync(string runId, PlannedBaseline baseline, Recipe recipe, CancellationToken cancellation)
    {
        if (baseline.Champion is not null)
        {
            return new QuotedCandidate { Name = baseline.Name, Work = QuotedWork.Linear, Model = "own model" };
        }

        BaselineRecipe asked = recipe.Baselines.First(b => b.Name == baseline.Name);
        var quoted = QuotedCandidate.Of(asked);
        if (asked.Kind == BaselineKind.Linear)
        {
            return quoted;
        }

        ContainerJobRequest request = await requests.OfAsync(runId, baseline.Name, cancellation);
        string machine = containers.FactsOf(request).Machine;
        return quoted with
        {
            Machine = machine,
            TrainingAdopted = await made.FindAsync(request, cancellation) is not null,
            Model = baseline.ContinuedModel ?? quoted.Model,
            LayerParameters = baseline.LayerParameters,
            MeasuredRate = (await store.FindJsonAsync<MachineRate>(RunPaths.MachineRate(machine), cancellation))?.Value,
        };
    }
}

public sealed record QuoteRunInput(string RunId, string Project, RunPlan Plan);
