using System.Collections.Immutable;

namespace FineTuneFlow.Workflow.Models;

/// <summary>What a person has said about a text: the label that it should have.</summary>
/// <param name="Text">As it was put to the model.</param>
/// <param name="Label">The right one.</param>
/// <param name="At">Set when kept.</param>
public sealed record Feedback(string Text, string Label, DateTimeOffset? At = null)
{
    /// <summary>Who said it, as given.</summary>
    public string? By { get; init; }

    /// <summary>The champion's answer to the text, given with it or asked when it was kept; null: not known.</summary>
    public string? Predicted { get; init; }

    /// <summary>The version whose answer that was.</summary>
    public int? Version { get; init; }

    /// <summary>What was said of the same text before, oldest first.</summary>
    public ImmutableArray<EarlierLabel> Before { get; init; } = [];
}

/// <param name="Label">What it was.</param>
/// <param name="At">When it was said.</param>
/// <param name="By">Who said it.</param>
public sealed record EarlierLabel(string Label, DateTimeOffset? At, string? By);

/// <param name="Id">By which it is amended and deleted.</param>
/// <param name="Feedback">What was said.</param>
/// <param name="Judges">The text judges the champion: it is kept, and trains nothing.</param>
/// <param name="TrainedBy">The version in use, where it was trained on the text since this was said; null: it waits for the next retrain.</param>
public sealed record KeptFeedback(string Id, Feedback Feedback, bool Judges, int? TrainedBy = null);

/// <summary>A corrected <c>suspects.csv</c>.</summary>
/// <param name="Drop">Where it lies.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Labels">By row id.</param>
public sealed record Corrections(string Drop, DateTimeOffset At, ImmutableSortedDictionary<string, string> Labels);
