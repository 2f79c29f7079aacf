namespace FineTuneFlow.Mutation.Running;

/// <param name="By">The test that failed.</param>
internal sealed record Result(Mutant Mutant, Outcome Outcome, string By);
