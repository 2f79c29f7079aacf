using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>What is known of each <see cref="OutcomeKind"/>.</summary>
public static class OutcomeKinds
{
    /// <summary>A model that we train and ask ourselves: its answers have no price.</summary>
    public static bool IsOwn(this OutcomeKind kind) => kind is OutcomeKind.LinearBaseline or OutcomeKind.ContainerBaseline or OutcomeKind.Encoder;

    /// <summary>A model that a provider has trained for us.</summary>
    public static bool IsTrained(this OutcomeKind kind) => kind is OutcomeKind.FineTune or OutcomeKind.Continuation;

    /// <summary>Whether a model of this kind can answer as a champion: a container leaves predictions, but no model that we could ask.</summary>
    public static bool CanBeServed(this OutcomeKind kind) => kind != OutcomeKind.ContainerBaseline;

    /// <summary>What a baseline of the recipe becomes.</summary>
    public static OutcomeKind Outcome(this BaselineKind kind) => kind switch
    {
        BaselineKind.Linear => OutcomeKind.LinearBaseline,
        BaselineKind.Encoder => OutcomeKind.Encoder,
        _ => OutcomeKind.ContainerBaseline,
    };

    /// <summary>Under which kind <c>promotion.eligible</c> names it.</summary>
    internal static string EligibleAs(this OutcomeKind kind) => kind switch
    {
        OutcomeKind.LinearBaseline => EligibleModels.Linear,
        OutcomeKind.ContainerBaseline or OutcomeKind.Encoder => EligibleModels.Encoder,
        OutcomeKind.Prompt => EligibleModels.Prompt,
        _ => EligibleModels.FineTune,
    };
}
