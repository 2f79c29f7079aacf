using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Workflow.Models;

/// <summary><c>models/{project}/champion.json</c>: the promoted model and those before it, newest last. The last one is in use.</summary>
public sealed record ChampionRecord(ImmutableArray<ChampionVersion> Versions)
{
    public ChampionVersion? Current => Versions.IsDefaultOrEmpty ? null : Versions[^1];
}

/// <param name="Version">From 1; a rollback is a version too.</param>
/// <param name="RunId">The run that made or judged it.</param>
/// <param name="Candidate">Its name there.</param>
/// <param name="Kind">A linear baseline can be champion as well.</param>
/// <param name="Provider">Null for baselines.</param>
/// <param name="BaseModel">Decides form and price.</param>
/// <param name="Model">What is asked; for a baseline the blob of its weights.</param>
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
    string By);
