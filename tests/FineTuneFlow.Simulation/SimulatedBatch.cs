using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>A batch as the service knows it; its state follows from the time. Rows are answered one after the other, evenly over its
/// time; what was answered is paid, whatever becomes of the batch.</summary>
/// <param name="id">The service's id.</param>
/// <param name="file">The questions' file.</param>
/// <param name="questions">Of that file.</param>
/// <param name="metadata">As stamped.</param>
/// <param name="createdAt">When the request arrived.</param>
/// <param name="lasts">From then to its end.</param>
/// <param name="ending">How it ends when nobody cancels it.</param>
/// <param name="fates">From 0 to 1, one a row: what becomes of it.</param>
internal sealed class SimulatedBatch(
    string id,
    string file,
    IReadOnlyList<BatchQuestion> questions,
    IReadOnlyDictionary<string, string> metadata,
    DateTimeOffset createdAt,
    TimeSpan lasts,
    BatchState ending,
    double[] fates)
{
    private static readonly TimeSpan CancellingTakes = TimeSpan.FromSeconds(90);

    private DateTimeOffset? _cancelledAt;

    public string Id => id;

    public string RunId => metadata["ftf_run"];

    public string Candidate => metadata["ftf_candidate"];

    public string Part => metadata["ftf_part"];

    public bool Carries(IReadOnlyDictionary<string, string> wanted) =>
        wanted.All(pair => metadata.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    public void Cancel(DateTimeOffset at)
    {
        if (at < createdAt + lasts)
        {
            _cancelledAt ??= at;
        }
    }

    public ProviderBatch At(DateTimeOffset now)
    {
        BatchState state = _cancelledAt is { } cancelled ? now < cancelled + CancellingTakes ? BatchState.Cancelling : BatchState.Cancelled
            : now >= createdAt + lasts ? ending : now < createdAt + (lasts / 10) ? BatchState.Validating : BatchState.InProgress;
        return new ProviderBatch
        {
            Id = id,
            State = state,
            RawState = state.ToString(),
            InputFile = file,
            Total = questions.Count,
            Completed = Answered(now).Count(),
            CreatedAt = createdAt,
            Errors = state == BatchState.Failed ? ["a line is not as it should be"] : [],
            Metadata = metadata.ToImmutableSortedDictionary(),
        };
    }

    /// <summary>The rows that were answered by then, and so are paid for.</summary>
    public IEnumerable<BatchQuestion> Answered(DateTimeOffset now)
    {
        DateTimeOffset until = _cancelledAt < now ? _cancelledAt.Value : now;
        double share = ending == BatchState.Failed ? 0 : Math.Min(ending == BatchState.Expired ? 0.5 : 1, Math.Max(0, (until - createdAt) / lasts));
        return questions.Take((int)(questions.Count * share)).Where((_, row) => fates[row] > 0.15);
    }

    /// <summary>Its output and error file.</summary>
    public IEnumerable<BatchAnswer> Answers(DateTimeOffset now, Func<BatchQuestion, ModelAnswer> answer) =>
        Answered(now).Select(question => new BatchAnswer(question.Id, answer(question), null)).Concat(
            questions.Where((_, row) => fates[row] < 0.05).Select(question => new BatchAnswer(
                question.Id, null, new Failure(FailureKind.InvalidInput, "This text was filtered"))));
}
