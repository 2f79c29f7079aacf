namespace FineTuneFlow.Mutation;

/// <param name="Workers">Processes side by side.</param>
/// <param name="Part">Only files whose path contains it; null: all of the scope.</param>
/// <param name="Afresh">Forget what earlier sessions have found.</param>
/// <param name="Confirm">Try survivors once more in a new process each, by all tests.</param>
/// <param name="Slowest">Tests that take more milliseconds of a processor are left out.</param>
/// <param name="ShowTests">How many of the slowest tests to list.</param>
internal sealed record SessionOptions(int Workers, string? Part, bool Afresh, bool Confirm, double Slowest, int ShowTests);
