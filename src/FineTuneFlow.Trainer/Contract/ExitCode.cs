using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>The exit codes of docs/baseline-contract.md, and the words for them in result.json.</summary>
internal enum ExitCode
{
    Succeeded = 0,
    InvalidInput = 2,
    Training = 3,
    OutOfMemory = 4,
    Unavailable = 75,
    Taken = 76,
}

internal static class ExitCodes
{
    /// <summary>What a failure ends with.</summary>
    public static ExitCode Of(Exception error) => error switch
    {
        FlowException { Failure.Kind: FailureKind.InvalidInput or FailureKind.NotFound or FailureKind.Unauthenticated or FailureKind.Forbidden } => ExitCode.InvalidInput,
        FlowException { Failure.Kind: FailureKind.Unavailable or FailureKind.Throttled or FailureKind.Ambiguous or FailureKind.Cancelled } => ExitCode.Unavailable,
        WorkTakenException => ExitCode.Taken,
        _ when DiskFaults.IsFull(error) => ExitCode.Unavailable,
        _ when MemoryShortage.Is(error) => ExitCode.OutOfMemory,
        OperationCanceledException => ExitCode.Unavailable,
        _ => ExitCode.Training,
    };

    /// <summary>The word in result.json.</summary>
    public static string Word(ExitCode code) => code switch
    {
        ExitCode.InvalidInput => "invalidInput",
        ExitCode.OutOfMemory => "outOfMemory",
        ExitCode.Unavailable => "unavailable",
        _ => "training",
    };
}
