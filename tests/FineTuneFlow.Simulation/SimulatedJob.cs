using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>A job as the service knows it; its state follows from the time.</summary>
/// <param name="id">The service's id.</param>
/// <param name="request">As sent.</param>
/// <param name="createdAt">When the request arrived.</param>
/// <param name="queued">Until it begins.</param>
/// <param name="training">From then to its end.</param>
/// <param name="fails">It ends without a model.</param>
internal sealed class SimulatedJob(string id, JobRequest request, DateTimeOffset createdAt, TimeSpan queued, TimeSpan training, bool fails)
{
    public const long TokensOfATraining = 40_000;

    private DateTimeOffset? _cancelledAt;

    public string RunId => request.Metadata["ftf_run"];

    public string Candidate => request.Metadata["ftf_candidate"];

    public JobRequest Request => request;

    public DateTimeOffset EndsAt => _cancelledAt ?? createdAt + queued + training;

    public bool Carries(IReadOnlyDictionary<string, string> metadata) =>
        metadata.All(pair => request.Metadata.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    public void Cancel(DateTimeOffset at)
    {
        if (at < EndsAt)
        {
            _cancelledAt = at;
        }
    }

    public ProviderJob At(DateTimeOffset now)
    {
        JobState state = now < EndsAt ? now < createdAt + queued ? JobState.Queued : JobState.Running
            : _cancelledAt is not null ? JobState.Cancelled : fails ? JobState.Failed : JobState.Succeeded;
        return new ProviderJob
        {
            Id = id,
            Model = request.Model,
            State = state,
            RawState = state.ToString(),
            CreatedAt = createdAt,
            FinishedAt = now < EndsAt ? null : EndsAt,
            TunedModel = state == JobState.Succeeded ? $"ft:{id}" : null,
            // A cancelled training is paid as far as it has come.
            TrainedTokens = state switch
            {
                JobState.Succeeded => TokensOfATraining,
                JobState.Cancelled => (long)(TokensOfATraining * Math.Max(0, (EndsAt - createdAt - queued) / training)),
                _ => null,
            },
            TrainingFile = request.TrainingFile,
            ErrorCode = state == JobState.Failed ? "diverged" : null,
            Metadata = request.Metadata,
        };
    }
}
