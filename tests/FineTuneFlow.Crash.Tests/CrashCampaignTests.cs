namespace FineTuneFlow.Crash.Tests;

public sealed class CrashCampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_is_killed_and_lost_every_run_ends_and_nothing_is_paid_twice()
    {
        var options = CampaignOptions.FromEnvironment();
        // Said before anything can fail: with it the same campaign can be run again.
        output.WriteLine($"FTF_CRASH_SEED={options.Seed} FTF_CRASH_RUNS={options.Runs} FTF_CRASH_KILLS={options.Kills}");

        output.WriteLine(await new CrashCampaign(options, output.WriteLine).RunAsync(TestContext.Current.CancellationToken));
    }
}
