namespace FineTuneFlow.Trainer.Contract;

/// <summary>Names of what an execution writes (docs/baseline-contract.md).</summary>
internal static class OutputFiles
{
    public const string Progress = "progress.json";
    public const string Predictions = "predictions.jsonl";
    public const string Metrics = "metrics.csv";
    public const string Result = "result.json";
    public const string Log = "log.txt";

    /// <summary>The folder of the trained model.</summary>
    public const string Model = "model";

    /// <summary>The folder that an interrupted training goes on from; gone once it has ended.</summary>
    public const string Checkpoint = "checkpoint";
}
