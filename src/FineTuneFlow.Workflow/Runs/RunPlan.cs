using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>What a run will do, worked out from recipe, providers and champion. Goes through history, so prompts stay in the
/// recipe's blob.</summary>
/// <param name="Candidates">In the recipe's order; what is continued stands before what continues it.</param>
/// <param name="Baselines">In the recipe's order.</param>
/// <param name="Notes">What the user should know before money is spent (dates on which a result dies...).</param>
/// <param name="BudgetUsd">Hard stop.</param>
/// <param name="ApprovalHours">How long to wait for an approval.</param>
/// <param name="Champion">The project's champion as it stood when the run began; null: none.</param>
public sealed record RunPlan(
    ImmutableArray<PlannedCandidate> Candidates,
    ImmutableArray<PlannedBaseline> Baselines,
    ImmutableArray<string> Notes,
    double BudgetUsd,
    double ApprovalHours,
    PlannedChampion? Champion = null)
{
    /// <summary>Null where nothing of this name is planned.</summary>
    public PlannedCandidate? Candidate(string name) => Candidates.FirstOrDefault(c => c.Name == name);

    /// <summary>Null where nothing of this name is planned.</summary>
    public PlannedBaseline? Baseline(string name) => Baselines.FirstOrDefault(b => b.Name == name);
}

/// <param name="Name">In the recipe, or grid-made.</param>
/// <param name="Provider">Configured provider.</param>
/// <param name="Model">Base model; for a continuation that of what it continues; for the champion its tuned model.</param>
/// <param name="ContinueFrom">Candidate of this run, or null; a continued champion is <see cref="ContinueModel"/>.</param>
/// <param name="ContinueModel">Tuned model to go on from, when it is known before the run.</param>
/// <param name="Form">Key of its training form.</param>
/// <param name="RetiresOn">Last day of the model, if announced.</param>
/// <param name="Origin">Champion, and what continues it: the run and candidate that made it.</param>
/// <param name="NewRowsOnly">Trains only on rows that the continued champion has not seen.</param>
/// <param name="Checkpoints">What becomes of its job's checkpoints; null: its finished model is judged.</param>
/// <param name="Asked">While one of its checkpoints is tried: which one, and on which rows.</param>
public sealed record PlannedCandidate(
    string Name,
    OutcomeKind Kind,
    string Provider,
    string Model,
    string? ContinueFrom,
    string? ContinueModel,
    string Form,
    DateOnly? RetiresOn,
    ModelOrigin? Origin = null,
    bool NewRowsOnly = false,
    CheckpointUse? Checkpoints = null,
    AskedCheckpoint? Asked = null)
{
    /// <summary>Name under which the champion stands in recipes and among a run's candidates.</summary>
    public const string ChampionName = "champion";

    /// <summary>Under which name its answers, scores and deployment are kept. No candidate's name has an underscore.</summary>
    public string AnswersAs => Asked is { } tried ? $"{Name}_{tried.Step}{(tried.OnValidation ? "_validation" : "")}" : Name;

    /// <summary>Whether the best of its checkpoints is looked for.</summary>
    public bool TriesCheckpoints => Trains && Checkpoints is CheckpointUse.Best or CheckpointUse.All;

    /// <summary>Whether a job has to be run for it.</summary>
    public bool Trains => Kind is OutcomeKind.FineTune or OutcomeKind.Continuation;

    /// <summary>Whether what is asked is a fine-tune, which has its own price and, at Azure, its own deployment.</summary>
    public bool IsTuned => Trains || (Kind == OutcomeKind.Champion && ContinueModel is not null && ContinueModel != Model);
}

/// <param name="Step">At which the checkpoint was taken.</param>
/// <param name="OnValidation">Asked about the validation split, by which it may be chosen; else about the holdout.</param>
public sealed record AskedCheckpoint(int Step, bool OnValidation);

public sealed record ModelOrigin(string RunId, string Candidate);

/// <param name="Name">In the recipe, or <see cref="PlannedCandidate.ChampionName"/>.</param>
/// <param name="Champion">A champion that is a model of our own: it is loaded and judged, not trained.</param>
/// <param name="ContinueFolder">An encoder that goes on from the champion: the folder of that one's files.</param>
/// <param name="ContinuedModel">The base model of the same.</param>
/// <param name="Origin">The run and candidate that made the continued one.</param>
/// <param name="LayerParameters">An encoder's, without embeddings and classifier, where its model could be looked at.</param>
public sealed record PlannedBaseline(
    string Name,
    BaselineKind Kind,
    OwnChampion? Champion = null,
    string? ContinueFolder = null,
    string? ContinuedModel = null,
    ModelOrigin? Origin = null,
    double? LayerParameters = null);

/// <param name="Kind">What kind of own model it is.</param>
/// <param name="Model">The folder of its files.</param>
/// <param name="Origin">The run and candidate that made it.</param>
public sealed record OwnChampion(OutcomeKind Kind, string Model, ModelOrigin Origin);

/// <param name="Version">Its version; the rule promotes only over this one.</param>
/// <param name="Refusal">Why it cannot be asked, so that it stands in no comparison; null: it can.</param>
public sealed record PlannedChampion(int Version, string? Refusal);
