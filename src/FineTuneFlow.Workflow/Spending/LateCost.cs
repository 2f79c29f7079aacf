namespace FineTuneFlow.Workflow.Spending;

/// <param name="Candidate">Or baseline.</param>
/// <param name="Usd">The list price where simulated.</param>
/// <param name="Simulated">Nothing was paid.</param>
public sealed record LateCost(string Candidate, double Usd, bool Simulated);
