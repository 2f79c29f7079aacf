namespace FineTuneFlow.Workflow.Containers;

/// <summary>Names of the files of the container's contract (docs/baseline-contract.md).</summary>
public static class ContainerFiles
{
    public const string Train = "train.jsonl";
    public const string Validation = "validation.jsonl";
    public const string Texts = "texts.jsonl";
    public const string Labels = "labels.json";

    /// <summary>Written first of all, then as the work goes on.</summary>
    public const string Progress = "progress.json";
    public const string Predictions = "predictions.jsonl";
    /// <summary>The training curve: step,train_loss,train_accuracy,valid_loss,valid_accuracy.</summary>
    public const string Metrics = "metrics.csv";
    /// <summary>Written last: an output folder with it is whole.</summary>
    public const string Result = "result.json";
    /// <summary>The end of what was printed, written when the work fails.</summary>
    public const string Log = "log.txt";
}
