using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Simulator.Settings;

/// <summary>How a simulator runs. Times are simulated: they are divided by <see cref="Speed"/>.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where to listen; loopback addresses only, port 0 for a free one. Several are separated by semicolons.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:7180";

    /// <summary>The folder of everything that survives the process. Made where it does not exist; one process at a time.</summary>
    public string State { get; init; } = ".simulator";

    /// <summary>The one bearer key that is accepted; null accepts every key that is not empty.</summary>
    public string? Key { get; init; }

    /// <summary>A fault plan to begin with (docs/simulator.md); null for none.</summary>
    public string? Faults { get; init; }

    /// <summary>How much faster than set below the simulated waits pass, above 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Time in <c>validating_files</c>.</summary>
    public TimeSpan ValidateFor { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Time in <c>queued</c>, besides waiting for a worker.</summary>
    public TimeSpan QueueFor { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>Least time in <c>running</c>.</summary>
    public TimeSpan TrainFor { get; init; } = TimeSpan.Zero;

    /// <summary>Azure: from a deployment's creation to <c>Succeeded</c>, and again until it answers.</summary>
    public TimeSpan DeployFor { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Azure: from a file's upload until its status is <c>processed</c>.</summary>
    public TimeSpan ProcessFileFor { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Jobs that are not yet over, at most; one more is refused with 429.</summary>
    public int MaximumActiveJobs { get; init; } = 3;

    /// <summary>Trainings at once, each on one thread.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Requests a minute that each model answers, faster by <see cref="Speed"/>; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>The day from which a model, and what was trained on it, neither trains nor answers; told before by <c>/models</c>.</summary>
    public ImmutableDictionary<string, DateOnly> Shutdowns { get; init; } = ImmutableDictionary<string, DateOnly>.Empty;

    /// <summary>Azure: a deployment answers as many requests a minute as its capacity, faster by <see cref="Speed"/>.</summary>
    public bool CapacityCounts { get; init; }

    /// <summary>Where webhooks go (a loopback address); null sends none.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>The webhooks' signing secret, <c>whsec_</c> and base64.</summary>
    public string WebhookSecret { get; init; } = "whsec_c2ltdWxhdG9yLXNpZ25pbmcta2V5LTAwMDAwMA==";

    /// <summary>End when standard input closes, so that nothing is left when the parent process is killed.</summary>
    public bool ParentWatch { get; init; }

    internal TimeSpan Simulated(TimeSpan time) => time / Speed;

    internal void Check()
    {
        Require(Speed > 0 && double.IsFinite(Speed), "speed", "a number above 0");
        Require(MaximumActiveJobs >= 1, "max-active-jobs", "at least 1");
        Require(RequestsPerMinute is null or >= 1, "requests-per-minute", "at least 1");
        Require(Workers >= 1, "workers", "at least 1");
        foreach (string url in Urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            bool loopback = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.IsLoopback;
            Require(loopback, "urls", "loopback addresses such as http://127.0.0.1:7180");
        }

        Require(WebhookUrl is null || WebhookUrl.IsLoopback, "webhook-url", "a loopback address");
    }

    private static void Require(bool holds, string field, string expected)
    {
        if (!holds)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"--{field} is not usable", $"Give {expected}.", Field: field));
        }
    }
}
