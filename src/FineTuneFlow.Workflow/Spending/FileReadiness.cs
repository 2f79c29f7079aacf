using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Spending;

/// <param name="Ready">It can be trained on.</param>
/// <param name="Missing">What to tell where the service goes on not knowing the file; null: it shows it.</param>
public sealed record FileReadiness(bool Ready, Failure? Missing = null);
