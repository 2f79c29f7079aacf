using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Api.Review;

/// <summary>Rows whose labels deserve a second look, the most telling first.</summary>
/// <param name="Labels">That a row may have.</param>
/// <param name="Rows">A page of them.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Alike">Rows that are left out as nearly the same text stands for them.</param>
/// <param name="Continuation">For the next page; null on the last.</param>
public sealed record ReviewPage(string RunId, ImmutableArray<string> Labels, ImmutableArray<ReviewRow> Rows, int Total, int Alike, string? Continuation);

/// <param name="Split">Rows of test judge: a correction is kept, and changes them only by a decision of its own.</param>
/// <param name="Why">What speaks against the label.</param>
/// <param name="Says">Other labels, and who gives them.</param>
/// <param name="Alike">Ids of rows with nearly the same text.</param>
/// <param name="Corrected">What a person has decided already; null: nothing.</param>
public sealed record ReviewRow(
    string Id, Split Split, string Text, string Label, ReviewReason Why, ImmutableArray<ReviewVoice> Says, ImmutableArray<string> Alike, Correction? Corrected);

/// <param name="Name">A candidate, a person or "4 models".</param>
/// <param name="Label">What it says.</param>
/// <param name="Confidence">How sure it is; null: not told.</param>
public sealed record ReviewVoice(string Name, string Label, double? Confidence);

/// <summary>What speaks against a label, the strongest first.</summary>
public enum ReviewReason
{
    /// <summary>A person has given the text another label.</summary>
    Feedback,
    /// <summary>Every good candidate gives the same other answer, and is sure of it.</summary>
    Suspect,
    /// <summary>The two best candidates give different answers.</summary>
    Disagree,
    /// <summary>The best candidate is hardly sure of anything.</summary>
    Unsure,
}

/// <summary>Which rows are asked for.</summary>
public enum ReviewSource { All, Feedback, Suspects, Disagree, Unsure }
