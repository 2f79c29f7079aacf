using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Sets all candidates side by side on the same rows and writes the report.</summary>
public sealed class Compare(
    IBlobStore store, CandidateScores scores, RunPrices prices, CheckpointCosts checkpoints, IProviders providers, Champions champions, ChampionHealth health)
    : IActivity<CompareInput, ComparisonResult>
{
    private const int MostTrainingSuspects = 500;

    public async Task<ComparisonResult> RunAsync(CompareInput input, CancellationToken cancellation)
    {
        string runId = input.Run.RunId;
        EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(runId), cancellation);
        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        (ChampionVersion Version, HealthView Health)? champion = await ChampionAsync(input, recipe, cancellation);
        var outcomes = ImmutableArray.CreateBuilder<CandidateOutcome>();
        foreach (CandidateResult result in input.Results)
        {
            outcomes.Add(await Outcome(input, recipe, result, cancellation));
        }

        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation);
        DatasetRow[] judged = await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation);
        RunReport report = ReportBuilder.Build(new ReportInput
        {
            RunId = runId,
            Project = input.Run.Project,
            Recipe = recipe,
            Manifest = manifest,
            Profile = (await store.FindJsonAsync<JsonNode>(RunPaths.Dataset(runId, DatasetFiles.Profile), cancellation))?.Value,
            Holdout = judged,
            Candidates = outcomes.ToImmutable(),
            LeftOut = plan.LeftOut,
            HoldoutChanges = plan.Changes.IsDefault ? [] : plan.Changes,
            Champion = input.Plan.Champion is null ? null : PlannedCandidate.ChampionName,
            ChampionRefusal = input.Plan.Champion?.Refusal,
            ChampionHealth = champion?.Health.Report(champion.Value.Version),
            OldChampion = champion is var (version, found) ? await OldChampionAsync(version, found, cancellation) : null,
            Stages = input.Stages,
            StartedAt = input.StartedAt,
            EndedAt = input.Now,
            Quote = await store.ReadJsonAsync<Quote>(RunPaths.Quote(runId), cancellation),
        });
        var answers = new JudgedAnswers(report.Labels, judged);
        foreach (CandidateOutcome outcome in outcomes.Where(outcome => outcome.Predictions.Count > 0))
        {
            answers.Add(outcome.Name, outcome.Predictions);
        }

        await store.WriteBytesAsync(RunPaths.JudgedAnswers(runId), answers.ToBytes(), cancellation: cancellation);
        BlobRef json = await Write(runId, "json", ReportJson.Write(report), cancellation);
        await store.WriteBytesAsync(
            RunPaths.Suspects(runId),
            Encoding.UTF8.GetBytes(SuspectsCsv.Write(
                TrainingSuspects.Find(
                    await JudgedRows.ReadAsync(store, RunPaths.Rows(runId, Split.Train), cancellation), manifest.Labels, MostTrainingSuspects, cancellation),
                report.Suspects?.Rows ?? [],
                report.Provenance.Settings)),
            cancellation: cancellation);
        await Write(runId, "html", ReportHtml.Write(report), cancellation);
        await Write(runId, "md", ReportMarkdown.Write(report), cancellation);
        Reconciliation reconciliation = report.Costs.Reconciliation!;
        if (reconciliation.Calibration is not null)
        {
            // What the run has taught about tokens sharpens the project's next quote.
            await store.WriteJsonAsync(RunPaths.Calibration(input.Run.Project), reconciliation.Calibration, cancellation: cancellation);
        }

        return new ComparisonResult(
            reconciliation,
            json,
            report.Verdict.Sentence,
            report.Verdict.Decision == VerdictKind.Promote ? report.Verdict.Candidate : null,
            report.Verdict.Headline,
            report.Verdict.RunnerUp);
    }

    /// <summary>The champion of the plan, and how it does; null where there was none, or the version that was planned for is gone.</summary>
    private async Task<(ChampionVersion Version, HealthView Health)?> ChampionAsync(CompareInput input, Recipe recipe, CancellationToken cancellation) =>
        input.Plan.Champion is { } planned
        && (await champions.ReadAsync(input.Run.Project, cancellation)).Versions.FirstOrDefault(version => version.Version == planned.Version) is { } champion
            ? (champion, await health.OfAsync(input.Run.Project, champion, recipe.Retrain, cancellation))
            : null;

    /// <summary>With what it answered when it was made: rows keep their ids from run to run.</summary>
    private async Task<OldChampion> OldChampionAsync(ChampionVersion champion, HealthView found, CancellationToken cancellation) => new(
        champion.BaseModel,
        found.BaseEnds,
        champion.Origin.RunId,
        await scores.PredictionsAsync(champion.Origin.RunId, champion.Origin.Candidate, cancellation));

    private async Task<CandidateOutcome> Outcome(CompareInput input, Recipe recipe, CandidateResult result, CancellationToken cancellation)
    {
        string runId = input.Run.RunId;
        PlannedCandidate? planned = input.Plan.Candidates.FirstOrDefault(c => c.Name == result.Name);
        PlannedBaseline? own = input.Plan.Baselines.FirstOrDefault(b => b.Name == result.Name);
        CandidateRecipe? asked = recipe.Candidates.FirstOrDefault(c => c.Name == result.Name);
        IReadOnlyList<Prediction> predictions = result.Score is null ? [] : await scores.PredictionsAsync(runId, result.Name, cancellation);
        ProviderJob? job = (await store.FindJsonAsync<ProviderJob>(RunPaths.Job(runId, result.Name), cancellation))?.Value;
        DeploymentRecord? deployment = (await store.FindJsonAsync<DeploymentRecord>(RunPaths.Deployment(runId, result.Name), cancellation))?.Value;
        ProviderFacts? provider = planned is null ? null : providers.Get(planned.Provider).Facts;
        ContainerResult? trained = result.Kind == OutcomeKind.Encoder
            ? (await store.FindJsonAsync<ContainerResult>(RunPaths.Baseline(runId, result.Name, $"out/{ContainerFiles.Result}"), cancellation))?.Value
            : null;
        return new CandidateOutcome
        {
            Name = result.Name,
            Kind = result.Kind,
            Provider = planned?.Provider,
            Simulated = provider?.Simulated ?? false,
            Model = planned?.Model ?? ((own?.Champion?.Kind ?? result.Kind) == OutcomeKind.LinearBaseline
                ? "linear (TF-IDF, logistic regression)"
                : recipe.Baselines.FirstOrDefault(b => b.Name == result.Name)?.Model ?? "container"),
            TunedModel = result.Trained?.Model ?? job?.TunedModel,
            ContinueFrom = asked?.ContinueFrom,
            SystemPrompt = asked?.SystemPrompt,
            JobId = result.Trained?.JobId ?? job?.Id,
            Hyperparameters = trained is null ? Hyperparameters(job) : Hyperparameters(trained),
            Predictions = predictions,
            Curve = await Curve(runId, result.Name, cancellation),
            Checkpoints = result.Checkpoints ?? [],
            Cost = planned is null || provider is null ? await BaselineCost(runId, result.Name, cancellation) : await WithCheckpoints(runId, planned, provider, prices.Actual(
                provider, planned, asked?.Tier, recipe.Evaluation.Mode == EvaluationMode.Batch, result.Trained?.TrainedTokens, predictions, deployment?.Hosting() ?? (0, null),
                trainingAdopted: result.Trained?.PaidBy is not null), cancellation),
            TrainingTime = result.Trained?.Time ?? (trained?.TrainSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            Failure = result.Failure,
            RetiresOn = planned?.RetiresOn,
        };
    }

    private async Task<CandidateCost> WithCheckpoints(
        string runId, PlannedCandidate planned, ProviderFacts provider, CandidateCost cost, CancellationToken cancellation) => cost with
    {
        SelectionUsd = await checkpoints.AskingAsync(runId, planned, provider, [], cancellation),
        HostingUsd = cost.HostingUsd + await checkpoints.HostingAsync(runId, planned, cancellation),
    };

    /// <summary>The machine's time of a container; a linear model costs nothing worth counting.</summary>
    private async Task<CandidateCost> BaselineCost(string runId, string name, CancellationToken cancellation) =>
        (await store.FindJsonAsync<CandidateCost>(RunPaths.ContainerCost(runId, name), cancellation))?.Value ?? new CandidateCost();

    private async Task<TrainingCurve?> Curve(string runId, string name, CancellationToken cancellation)
    {
        await using BlobRead? blob = await store.OpenAsync(RunPaths.Curve(runId, name), cancellation);
        if (blob is null)
        {
            return null;
        }

        using var reader = new StreamReader(blob.Content);
        TrainingCurveFile.TryRead(await reader.ReadToEndAsync(cancellation), out ImmutableArray<TrainingPoint> points);
        var checkpoints = await store.FindJsonAsync<ImmutableArray<CurveCheckpoint>>(RunPaths.Checkpoints(runId, name), cancellation);
        return new TrainingCurve(points, checkpoints?.Value ?? []);
    }

    private static ImmutableSortedDictionary<string, string> Hyperparameters(ProviderJob? job)
    {
        var named = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("epochs", job?.Epochs);
        Add("batchSize", job?.BatchSize);
        Add("learningRateMultiplier", job?.LearningRateMultiplier);
        Add("seed", job?.Seed);
        return named.ToImmutable();

        void Add(string name, IFormattable? value)
        {
            if (value is not null)
            {
                named[name] = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>Of an encoder: as its trainer used them, with the device and its speed.</summary>
    private static ImmutableSortedDictionary<string, string> Hyperparameters(ContainerResult trained)
    {
        var named = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, trained.Hyperparameters ?? ImmutableSortedDictionary<string, string>.Empty);
        named = trained.Device is { } device ? named.SetItem("device", device) : named;
        named = trained.TokensPerSecond is { } speed ? named.SetItem("piecesPerSecond", speed.ToString("0", System.Globalization.CultureInfo.InvariantCulture)) : named;
        named = trained.Parameters is { } parameters ? named.SetItem("parameters", parameters.ToString("0", System.Globalization.CultureInfo.InvariantCulture)) : named;
        return trained.Notes is { Count: > 0 } notes ? named.SetItem("notes", string.Join("; ", notes)) : named;
    }

    private async Task<BlobRef> Write(string runId, string extension, string content, CancellationToken cancellation) =>
        (await store.WriteBytesAsync(RunPaths.Report(runId, extension), Encoding.UTF8.GetBytes(content), cancellation: cancellation)).Ref;
}

public sealed record CompareInput(
    RunInput Run,
    RunPlan Plan,
    ImmutableArray<CandidateResult> Results,
    ImmutableArray<StageTime> Stages,
    DateTimeOffset StartedAt,
    DateTimeOffset Now);

/// <param name="Reconciliation">Quoted and actual cost by candidate.</param>
/// <param name="Report">report.json.</param>
/// <param name="Verdict">One sentence.</param>
/// <param name="Promote">Candidate to promote; null: keep things as they are.</param>
/// <param name="Headline">A few words.</param>
/// <param name="RunnerUp">Candidate that becomes the challenger; null: none.</param>
public sealed record ComparisonResult(
    Reconciliation Reconciliation, BlobRef Report, string Verdict, string? Promote, string Headline, string? RunnerUp = null);
