namespace FineTuneFlow.Simulator.Bookkeeping;

/// <param name="Jobs">Every job ever created, in order.</param>
/// <param name="Files">Every file ever stored, in order, deleted ones included.</param>
/// <param name="Inference">By model and row hash, how often it was asked.</param>
internal sealed record LedgerSnapshot(
    IReadOnlyList<LedgerJob> Jobs, IReadOnlyList<LedgerFile> Files, IReadOnlyDictionary<string, Dictionary<string, int>> Inference);

internal sealed record LedgerJob(string Id, string Model, string TrainingFile, IReadOnlyDictionary<string, string> Metadata);

internal sealed record LedgerFile(string Id, string Purpose, string Sha256, string Filename);
