using FineTuneFlow.Durable;

namespace FineTuneFlow.Api.Runs;

/// <summary>A run's timeline: its own steps and those of what it started, in the order of time.</summary>
/// <param name="Steps">Oldest first.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Continuation">For the next page; null on the last.</param>
public sealed record RunHistory(string RunId, IReadOnlyList<TimelineStep> Steps, int Total, string? Continuation = null);

/// <param name="Instance">The orchestration instance that recorded it: the run or a part of it.</param>
/// <param name="Event">As recorded.</param>
/// <param name="Took">For the end of an activity or sub-orchestration: since it was asked for.</param>
public sealed record TimelineStep(string Instance, HistoryEntry Event, TimeSpan? Took);
