using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Works out what a run will do. Unknown providers and models, and models that die before the run could end, are
/// refused here, before anything is uploaded; so are encoders that do not exist or do not load.</summary>
public sealed class PreparePlan(IBlobStore store, IProviders providers, Champions champions, ModelBook models, EncoderSources encoders, TimeProvider time)
    : IActivity<RunInput, RunPlan>
{
    public async Task<RunPlan> RunAsync(RunInput input, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        ChampionVersion? champion = (await champions.ReadAsync(input.Project, cancellation)).Current;
        var planned = new List<PlannedCandidate>();
        foreach (CandidateRecipe candidate in InOrder(recipe.Candidates))
        {
            planned.Add(Plan(candidate, planned, champion, recipe.Dataset.Split));
            ProviderOffer.Check(candidate, planned[^1].Model, providers.Get(planned[^1].Provider).Facts, models);
        }

        PreflightResult preflight = Preflight.Check(planned.Select(Asked), models, time.GetUtcNow());
        preflight.ThrowIfRefused();
        planned = [.. planned.Select(c => c with { RetiresOn = preflight.Warnings.FirstOrDefault(w => w.Candidate == c.Name)?.RetiresOn })];
        string? refusal = champion is null ? null : Refusal(champion);
        if (champion is { Provider: { } provider } && refusal is null)
        {
            // Judged beside the challengers on the same rows: only so can a challenger be said to beat it.
            planned.Add(new PlannedCandidate(
                PlannedCandidate.ChampionName, OutcomeKind.Champion, provider, champion.BaseModel, null, champion.Model, champion.Form, null, champion.Origin));
        }

        if (recipe.Evaluation.Mode == EvaluationMode.Batch && planned.FirstOrDefault(c => providers.Get(c.Provider).Batches is null) is { } online)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"{online.Provider} cannot ask {online.Name} in batches", "Set evaluation.mode to online", Field: "evaluation.mode"));
        }

        EncoderFindings found = await encoders.LookAsync(recipe.Baselines, cancellation);
        var plan = new RunPlan(
            [.. planned],
            [.. recipe.Baselines.Select(b => Plan(b, champion, recipe.Dataset.Split) with { LayerParameters = found.LayersOf(b.Name) }), .. OwnChampion(champion, refusal)],
            [.. preflight.Warnings.Select(w => $"{w.Candidate}: {w.Message}"), .. found.Notes],
            recipe.Budget.Usd,
            recipe.Budget.ApprovalHours,
            champion is null ? null : new PlannedChampion(champion.Version, refusal));
        await store.WriteJsonAsync(RunPaths.Plan(input.RunId), plan, cancellation: cancellation);
        return plan;
    }

    private static PlannedBaseline Plan(BaselineRecipe baseline, ChampionVersion? champion, SplitRecipe split)
    {
        if (baseline.ContinueFrom is null)
        {
            return new PlannedBaseline(baseline.Name, baseline.Kind);
        }

        if (champion is not { Kind: OutcomeKind.Encoder })
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{baseline.Name} goes on from the champion, but the project's champion is not an encoder",
                "Name a model to fine-tune instead of continueFrom",
                Field: $"baselines.{baseline.Name}.continueFrom"));
        }

        RefuseMovingSplit(baseline.Name, split);
        return new PlannedBaseline(
            baseline.Name, baseline.Kind, ContinueFolder: $"{champion.OwnFolder}/{EncoderModel.Folder}", ContinuedModel: champion.BaseModel, Origin: champion.Origin);
    }

    /// <summary>Only a split that does not move with the data keeps what the champion was trained on out of this run's holdout.</summary>
    private static void RefuseMovingSplit(string name, SplitRecipe split)
    {
        if (split.Method is SplitMethod.Stratified or SplitMethod.Time)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{name} continues the champion, but the split method {split.Method.ToString().ToLowerInvariant()} may put texts that the champion trained on into the holdout",
                "Use the split method stable (by hash of the text), group or column",
                Field: "dataset.split.method"));
        }
    }

    private string? Refusal(ChampionVersion champion) => champion.Provider switch
    {
        null when !champion.Kind.CanBeServed() => "models of its kind leave no files that could answer questions",
        { } provider when providers.All.All(p => p.Name != provider) => $"its provider {provider} is not configured",
        _ => null,
    };

    private static IEnumerable<PlannedBaseline> OwnChampion(ChampionVersion? champion, string? refusal)
    {
        if (champion is { Provider: null } && refusal is null)
        {
            yield return new PlannedBaseline(
                PlannedCandidate.ChampionName, BaselineKind.Linear, new OwnChampion(champion.Kind, champion.OwnFolder, champion.Origin));
        }
    }

    /// <summary>What is continued before what continues it; the reader of the recipe has refused circles.</summary>
    private static IEnumerable<CandidateRecipe> InOrder(ImmutableArray<CandidateRecipe> candidates)
    {
        var waiting = candidates.ToList();
        var done = new HashSet<string>();
        while (waiting.Count > 0)
        {
            CandidateRecipe next = waiting.First(c => c.ContinueFrom is null or PlannedCandidate.ChampionName || done.Contains(c.ContinueFrom));
            waiting.Remove(next);
            done.Add(next.Name);
            yield return next;
        }
    }

    private PreflightCandidate Asked(PlannedCandidate candidate) =>
        new(candidate.Name, candidate.Provider, providers.Get(candidate.Provider).Facts.PriceKey, candidate.Model, candidate.Trains);

    private PlannedCandidate Plan(
        CandidateRecipe candidate, List<PlannedCandidate> planned, ChampionVersion? champion, SplitRecipe split)
    {
        ProviderFacts provider = providers.Get(candidate.Provider ?? providers.Default).Facts;
        bool fromChampion = candidate.ContinueFrom == PlannedCandidate.ChampionName;
        if (fromChampion && champion is not { Kind: OutcomeKind.FineTune or OutcomeKind.Continuation })
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{candidate.Name} continues the champion, but the project has no fine-tuned champion yet",
                "Run a recipe that trains from a base model first, or name a candidate of this recipe",
                Field: $"candidates.{candidate.Name}.continueFrom"));
        }

        if (fromChampion)
        {
            RefuseMovingSplit(candidate.Name, split);
        }

        if (candidate.Data == TrainingData.New && !fromChampion)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{candidate.Name} asks for new rows only, but does not continue the champion: within one run there are no others",
                "Set continueFrom to champion, or data to all",
                Field: $"candidates.{candidate.Name}.data"));
        }

        PlannedCandidate? continued = planned.FirstOrDefault(c => c.Name == candidate.ContinueFrom);
        string model = (fromChampion ? champion!.BaseModel : continued?.Model) ?? candidate.Model
            ?? throw new FlowException(FailureKind.InvalidInput, $"{candidate.Name} names neither a model nor what it continues");
        if (continued is not null && continued.Provider != provider.Name)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{candidate.Name} runs at {provider.Name} but continues {continued.Name}, which is trained at {continued.Provider}",
                "Give both the same provider",
                Field: $"candidates.{candidate.Name}.provider"));
        }

        OutcomeKind kind = candidate.Kind == CandidateKind.Prompt ? OutcomeKind.Prompt
            : candidate.ContinueFrom is null ? OutcomeKind.FineTune : OutcomeKind.Continuation;
        return new PlannedCandidate(
            candidate.Name,
            kind,
            provider.Name,
            model,
            fromChampion ? null : candidate.ContinueFrom,
            fromChampion ? champion!.Model : null,
            new TrainingForm(TrainingForm.FamilyOf(model), candidate.SystemPrompt).Key,
            null,
            fromChampion ? new ModelOrigin(champion!.RunId, champion.Candidate) : null,
            candidate.Data == TrainingData.New,
            candidate.Checkpoints);
    }
}
