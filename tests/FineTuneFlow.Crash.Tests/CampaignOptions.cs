using System.Globalization;

namespace FineTuneFlow.Crash.Tests;

/// <summary>How hard a campaign is. The short form runs with all tests; a long one by setting the variables (docs/benchmarks.md).</summary>
/// <param name="Seed">Decides data, faults and moments; printed, so that a failure can be played again.</param>
/// <param name="Runs">Runs under way at once.</param>
/// <param name="Kills">SIGKILLs to the host.</param>
public sealed record CampaignOptions(int Seed, int Runs, int Kills)
{
    /// <summary>How many times as long a host lives after its start as it does without it, for campaigns that are to get further between their kills.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>The service that the simulator stands in for.</summary>
    public string Profile { get; init; } = "simulator";

    /// <summary>Path of its routes at the simulator.</summary>
    public string Side => Profile == "simulator" ? "/v1" : $"/as/{Profile}/{(Deploys ? "openai/v1" : "v1")}";

    /// <summary>Tuned models answer by a deployment's name.</summary>
    public bool Deploys => Profile is "azure" or "foundry";

    /// <summary>Its jobs.</summary>
    public string Jobs => Profile == "together" ? "fine-tunes" : "fine_tuning/jobs";

    /// <summary>What the service needs besides its address and key.</summary>
    public IEnumerable<KeyValuePair<string, string>> ServiceSettings(string simulator)
    {
        const string provider = "Providers__simulator__";
        if (Profile == "gateway")
        {
            yield return new(provider + "Profile__BodyFields__role_arn", "arn:aws:iam::1:role/tuner");
        }

        if (Deploys)
        {
            yield return new(provider + "Deployment__Subscription", "sub");
            yield return new(provider + "Deployment__ResourceGroup", "group");
            yield return new(provider + "Deployment__Account", Profile);
            yield return new(provider + "Deployment__ControlPlane", simulator + "/");
            yield return new(provider + "Deployment__Token", "crash");
            // A deployment stands for longer where its host is away meanwhile: at a price every cost in the reports would differ.
            yield return new(provider + "Deployment__HourlyUsd", "0");
            // The simulator wants no pause, and the campaign would only wait.
            yield return new(provider + "Profile__Deployment__PauseAfterRemovalSeconds", "0");
        }
    }

    /// <summary>FTF_CRASH_SEED, FTF_CRASH_RUNS, FTF_CRASH_KILLS, FTF_CRASH_PACE; by default a new seed, 2 runs, 3 kills, a pace of 1.</summary>
    public static CampaignOptions FromEnvironment() => new(
        Number("FTF_CRASH_SEED", Random.Shared.Next(1_000_000)), Number("FTF_CRASH_RUNS", 2), Number("FTF_CRASH_KILLS", 3))
    {
        Pace = double.TryParse(Environment.GetEnvironmentVariable("FTF_CRASH_PACE"), NumberStyles.Float, CultureInfo.InvariantCulture, out double pace) && pace > 0 ? pace : 1,
    };

    private static int Number(string variable, int without) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : without;
}
