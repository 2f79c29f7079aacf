using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Models;

/// <summary>A model that the simulator serves and trains. What sets them apart is what their small classifier can see.</summary>
/// <param name="Id">The dated name.</param>
/// <param name="Aliases">Other names for it.</param>
/// <param name="Family">The form of its data.</param>
/// <param name="Features">What its classifier sees of a text.</param>
/// <param name="LearningRate">At the automatic multiplier.</param>
/// <param name="AutomaticMultiplier">The learning-rate multiplier that "auto" becomes.</param>
/// <param name="Skill">How well it answers untuned, 0 to 1.</param>
internal sealed record BaseModel(
    string Id, string[] Aliases, ModelFamily Family, TextFeatureOptions Features, double LearningRate, double AutomaticMultiplier, double Skill)
{
    /// <summary>Whose format a deployment of it must name.</summary>
    public string Maker { get; init; } = "OpenAI";

    /// <summary>False: it can only be asked.</summary>
    public bool Tunable { get; init; } = true;

    /// <summary>What <c>reasoning_effort</c> may be; empty: it does not think before it answers.</summary>
    public string[] Efforts { get; init; } = [];
}
