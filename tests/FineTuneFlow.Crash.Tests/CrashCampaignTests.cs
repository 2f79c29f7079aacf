namespace FineTuneFlow.Crash.Tests;

public sealed class CrashCampaignTests(ITestOutputHelper output)
{
    /// <summary>The services of FTF_CRASH_PROFILES, with commas; by default one that keeps metadata and one that does not.</summary>
    public static TheoryData<string> Profiles =>
        [.. (Environment.GetEnvironmentVariable("FTF_CRASH_PROFILES") ?? "simulator,nebius").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Whatever_is_killed_and_lost_every_run_ends_and_nothing_is_paid_twice(string profile)
    {
        CampaignOptions options = CampaignOptions.FromEnvironment() with { Profile = profile };
        // Said before anything can fail: with it the same campaign can be run again.
        output.WriteLine($"FTF_CRASH_PROFILES={profile} FTF_CRASH_SEED={options.Seed} FTF_CRASH_RUNS={options.Runs} FTF_CRASH_KILLS={options.Kills} FTF_CRASH_PACE={options.Pace}");

        output.WriteLine(await new CrashCampaign(options, output.WriteLine).RunAsync(TestContext.Current.CancellationToken));
    }
}
