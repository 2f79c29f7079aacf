using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>An execution of a container; its state follows from the time.</summary>
/// <param name="id">By which it is asked for.</param>
/// <param name="request">As sent.</param>
/// <param name="machine">Its machine's name in the price book.</param>
/// <param name="createdAt">When the request arrived.</param>
/// <param name="pends">Until there is a machine, from when it costs.</param>
/// <param name="works">From then to its end.</param>
/// <param name="fate">From 0 to 1: it never begins, is interrupted, fails in its work, or succeeds.</param>
internal sealed class SimulatedExecution(
    string id, ContainerJobRequest request, string machine, DateTimeOffset createdAt, TimeSpan pends, TimeSpan works, double fate)
{
    private readonly bool _begins = fate >= 0.08;
    private readonly bool _isInterrupted = fate is >= 0.08 and < 0.16;
    private readonly bool _fails = fate is >= 0.16 and < 0.22;
    private DateTimeOffset? _cancelledAt;

    public string Id => id;

    public ContainerJobRequest Request => request;

    public DateTimeOffset EndsAt => _cancelledAt ?? (_begins ? createdAt + pends + (_isInterrupted ? works / 2 : works) : createdAt + pends);

    public bool IsOf(ContainerJobRequest other) =>
        (request.RunId, request.Baseline, request.Attempt) == (other.RunId, other.Baseline, other.Attempt);

    public void Cancel(DateTimeOffset at)
    {
        if (at < EndsAt)
        {
            _cancelledAt = at;
        }
    }

    /// <summary>What its machine has worked by then.</summary>
    public TimeSpan Worked(DateTimeOffset now)
    {
        TimeSpan worked = (EndsAt < now ? EndsAt : now) - createdAt - pends;
        return _begins && worked > TimeSpan.Zero ? worked : TimeSpan.Zero;
    }

    public ContainerExecution At(DateTimeOffset now)
    {
        DateTimeOffset? begun = _begins && now >= createdAt + pends && EndsAt >= createdAt + pends ? createdAt + pends : null;
        ContainerState state = now < EndsAt ? begun is null ? ContainerState.Pending : ContainerState.Running
            : _cancelledAt is not null ? ContainerState.Cancelled
            : !_begins || _isInterrupted || _fails ? ContainerState.Failed : ContainerState.Succeeded;
        return new ContainerExecution
        {
            Id = id,
            State = state,
            StartedAt = begun,
            EndedAt = now < EndsAt ? null : EndsAt,
            Machine = machine,
            Failure = state != ContainerState.Failed ? null
                : _fails ? new Failure(FailureKind.JobFailed, "Its work failed")
                : new Failure(FailureKind.Unavailable, _begins ? "It was interrupted" : "There was no machine"),
        };
    }
}
