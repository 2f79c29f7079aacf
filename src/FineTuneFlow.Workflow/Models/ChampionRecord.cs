using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary><c>models/{project}/champion.json</c>: the promoted model and those before it, newest last. The last one is in use.</summary>
/// <param name="Versions">Oldest first.</param>
/// <param name="Challenger">Not in use, but asked by name, by weight or as shadow; its version is 0. Null: none.</param>
public sealed record ChampionRecord(ImmutableArray<ChampionVersion> Versions, ChampionVersion? Challenger = null)
{
    public ChampionVersion? Current => Versions.IsDefaultOrEmpty ? null : Versions[^1];
}

/// <param name="Version">From 1; a rollback is a version too.</param>
/// <param name="RunId">The run that made or judged it.</param>
/// <param name="Candidate">Its name there.</param>
/// <param name="Kind">Any kind can be champion.</param>
/// <param name="Provider">Null for models of our own.</param>
/// <param name="BaseModel">Decides form and price.</param>
/// <param name="Model">What is asked; for a model of our own the folder of its files.</param>
/// <param name="Form">Key of the training form: family and hash of the system prompt.</param>
/// <param name="Labels">What it answers with.</param>
/// <param name="Accuracy">On the run's judged rows, 0 to 1.</param>
/// <param name="PromotedAt">When.</param>
/// <param name="By">rule, a person, or rollback to a version.</param>
public sealed record ChampionVersion(
    int Version,
    string RunId,
    string Candidate,
    OutcomeKind Kind,
    string? Provider,
    string BaseModel,
    string Model,
    string Form,
    LabelSet Labels,
    double Accuracy,
    DateTimeOffset PromotedAt,
    string By)
{
    /// <summary>Why it was promoted: the verdict's words, or those of the person.</summary>
    public string? Reason { get; init; }

    /// <summary>Where what is needed to ask it is kept; null for versions that were promoted before that was kept: it lies with the run.</summary>
    public string? Folder { get; init; }

    /// <summary>USD for 1,000 answers, as its evaluation paid them (list price where simulated); null: free, or no price is known.</summary>
    public double? UsdPerThousand { get; init; }

    /// <summary>What it was made from and judged by.</summary>
    public VersionLineage? Lineage { get; init; }

    internal ModelOrigin Origin => new(RunId, Candidate);

    /// <summary>A model of our own: the folder of its files, which lay with the run before they were kept with the version.</summary>
    internal string OwnFolder => Folder ?? Model[..Model.LastIndexOf('/')];
}

/// <param name="Drop">The data of the run that made it.</param>
/// <param name="DropSha256">Its content.</param>
/// <param name="RecipeSha256">The recipe of the run, as kept with it.</param>
/// <param name="TrainRows">Rows that it was trained on in that run.</param>
/// <param name="ValidationRows">Rows that the trainer saw besides.</param>
/// <param name="JudgedRows">Rows of the holdout that it was judged by.</param>
/// <param name="Parent">The version whose model it was continued from; null: trained from a base model, or not trained.</param>
/// <param name="Replaced">The version that was in use before it.</param>
public sealed record VersionLineage(
    string Drop, string DropSha256, string RecipeSha256, long TrainRows, long ValidationRows, long JudgedRows, int? Parent, int? Replaced);
