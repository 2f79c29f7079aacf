using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>What a script can ask of <c>ftf</c>; documented in docs/cli.md.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    /// <summary>The command did its work and the answer is no: a run that failed, a check with findings that stop a run.</summary>
    public const int Failed = 1;
    /// <summary>Command line, file, recipe or setting is wrong.</summary>
    public const int InvalidInput = 2;
    public const int NotFound = 3;
    /// <summary>It exists already, changed meanwhile, or is in use.</summary>
    public const int Conflict = 4;
    /// <summary>A service refuses or cannot be reached: credentials, quota, rate limit, network, the local host not running.</summary>
    public const int Service = 5;
    /// <summary>Budget, approval or deadline forbids it.</summary>
    public const int Limit = 6;
    /// <summary>A defect of ours (sysexits' EX_SOFTWARE).</summary>
    public const int Defect = 70;
    /// <summary>Ctrl-C (128 + SIGINT).</summary>
    public const int Cancelled = 130;

    public static int Of(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => InvalidInput,
        FailureKind.NotFound => NotFound,
        FailureKind.Conflict or FailureKind.DropChanged => Conflict,
        FailureKind.Unauthenticated or FailureKind.Forbidden or FailureKind.QuotaExhausted or FailureKind.Throttled
            or FailureKind.TooManyJobs or FailureKind.DailyCapReached or FailureKind.Unavailable or FailureKind.Ambiguous
            or FailureKind.ModelRetired => Service,
        FailureKind.ApprovalDenied or FailureKind.BudgetExceeded or FailureKind.DeadlineExceeded => Limit,
        FailureKind.JobFailed => Failed,
        FailureKind.Cancelled => Cancelled,
        _ => Defect,
    };
}
