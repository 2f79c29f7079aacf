namespace FineTuneFlow.Mutation;

/// <param name="Workers">Processes side by side.</param>
/// <param name="Part">Only files whose path contains it; null: all of the scope.</param>
/// <param name="Sample">One in so many, always the same ones: a large scope's score is estimated in a part of the time. 1: all.</param>
/// <param name="Afresh">Forget what earlier sessions have found.</param>
/// <param name="Confirm">Try survivors once more in a new process each, by all tests.</param>
/// <param name="Slowest">Tests that take more milliseconds of a processor are left out.</param>
/// <param name="ShowTests">How many of the slowest tests to list.</param>
internal sealed record SessionOptions(int Workers, string? Part, int Sample, bool Afresh, bool Confirm, double Slowest, int ShowTests);
