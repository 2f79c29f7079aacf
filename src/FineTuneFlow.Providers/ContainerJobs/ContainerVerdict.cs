using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Containers;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Why an execution failed: whether its work failed, or it never came to work. The container's own sentences are left in
/// the run's folder: they may repeat texts of the data set, and a failure goes through history and logs.</summary>
internal static class ContainerVerdict
{
    /// <summary>Exit codes of the contract.</summary>
    public const int InvalidInput = 2;
    public const int TrainingFailed = 3;
    public const int OutOfMemory = 4;
    /// <summary>EX_TEMPFAIL of sysexits: storage or the model hub could not be reached.</summary>
    public const int Temporary = 75;
    /// <summary>Another execution has this run and baseline in hand.</summary>
    public const int Taken = 76;

    private const int Killed = 128 + 9;

    /// <param name="result">What the container wrote, if it did.</param>
    /// <param name="exitCode">If it is known.</param>
    /// <param name="began">Whether the container is known to have begun: it writes its progress before anything else.</param>
    public static Failure Of(ContainerResult? result, int? exitCode, bool began) => (result?.Error, exitCode) switch
    {
        ("unavailable", _) or (null, Temporary) =>
            new Failure(FailureKind.Unavailable, "The container could not reach storage or the model hub"),
        (_, Taken) => new Failure(FailureKind.Unavailable, "Another execution has this baseline in hand"),
        ("invalidInput", _) or (null, InvalidInput) => new Failure(
            FailureKind.InvalidInput, "The container refused its input", "See result.json and log.txt of the baseline; check its model's name"),
        ("outOfMemory", _) or (null, OutOfMemory or Killed) => new Failure(
            FailureKind.JobFailed, "The container ran out of memory or was killed", "Use a larger machine or a smaller model; see log.txt of the baseline"),
        (not null, _) or (null, not null) => new Failure(
            FailureKind.JobFailed,
            exitCode is null or 0 ? "The container's training failed" : $"The container's training failed (exit code {exitCode})",
            "See result.json and log.txt of the baseline"),
        _ when began => new Failure(FailureKind.JobFailed, "The container ended without a result", "See log.txt of the baseline, and the job's timeout (replicaTimeout)"),
        _ => new Failure(FailureKind.Unavailable, "The container never began: its image could not be pulled, or there was no machine for it"),
    };
}
