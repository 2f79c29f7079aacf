namespace FineTuneFlow.Simulator.Inference;

/// <param name="MaximumTokens">At least 1.</param>
/// <param name="Temperature">0 takes the most probable token.</param>
/// <param name="TopLogProbabilities">Alternatives reported for each token.</param>
/// <param name="Unsure">Mass of all tokens that no known answer begins with.</param>
/// <param name="Seed">Of the draws.</param>
/// <param name="TopP">Share of the likeliest tokens that are drawn from.</param>
internal readonly record struct SamplingOptions(int MaximumTokens, double Temperature, int TopLogProbabilities, double Unsure, long Seed, double TopP = 1);
