using System.Collections;

namespace FineTuneFlow.Workflow.Observability;

/// <summary>Log scope with run and candidate: structured loggers read the pairs, plain ones the text.</summary>
internal sealed class RunLogScope(string runId, string? candidate) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => candidate is null ? 1 : 2;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("RunId", runId),
        1 when candidate is not null => new("Candidate", candidate),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => candidate is null ? $"run {runId}" : $"run {runId}, candidate {candidate}";
}
