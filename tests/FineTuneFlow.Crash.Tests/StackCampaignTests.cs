namespace FineTuneFlow.Crash.Tests;

public sealed class StackCampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whichever_process_of_the_stack_is_killed_nothing_acknowledged_is_lost_and_each_candidate_has_one_job()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The trainer's processes are found by /proc, which is Linux' own.");
        CampaignOptions options = CampaignOptions.FromEnvironment();
        // Said before anything can fail: with it the same campaign can be run again.
        output.WriteLine($"FTF_CRASH_SEED={options.Seed} FTF_CRASH_RUNS={options.Runs} FTF_CRASH_KILLS={options.Kills}");

        output.WriteLine(await new StackCampaign(options, output.WriteLine).RunAsync(TestContext.Current.CancellationToken));
    }
}
