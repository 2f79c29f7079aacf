using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Api.Review;

/// <summary>A person's judgement of one row's label: <c>runs/{id}/corrections/{row}.json</c>. It holds no text.</summary>
/// <param name="Split">Which split it belongs to.</param>
/// <param name="Label">The right one.</param>
/// <param name="Earlier">The one that stood before.</param>
/// <param name="By">Who decided.</param>
/// <param name="Joins">Whether it joins the next retrain. Rows that judge never change: their corrections are kept to be read.</param>
public sealed record Correction(string Row, Split Split, string Label, string Earlier, string? By, DateTimeOffset At, string? Comment, bool Joins);

/// <param name="Corrections">In order of row.</param>
/// <param name="Joining">How many join the next retrain.</param>
/// <param name="Judging">How many are of rows that judge, and change nothing.</param>
public sealed record CorrectionList(string RunId, ImmutableArray<Correction> Corrections, int Joining, int Judging);

/// <param name="Label">The right label, one of the run's.</param>
/// <param name="By">Who decides, for the record.</param>
/// <param name="Comment">Kept with it.</param>
public sealed record CorrectionRequest(string Row, string Label, string? By = null, string? Comment = null);
