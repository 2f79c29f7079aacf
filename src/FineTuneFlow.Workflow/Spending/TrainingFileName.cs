namespace FineTuneFlow.Workflow.Spending;

/// <summary>The name under which a training file is uploaded, the content's hash and the run: by it the file is found again, and the jobs that were made with it.</summary>
internal static class TrainingFileName
{
    private const int HashCharacters = 24;

    public static string Of(string sha256, string runId) => $"{sha256[..HashCharacters]}-{runId}.jsonl";

    public static bool IsOfRun(string name, string runId) => name.EndsWith($"-{runId}.jsonl", StringComparison.Ordinal) && name.Length == HashCharacters + runId.Length + 7;
}
