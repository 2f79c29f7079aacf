namespace FineTuneFlow.Simulation;

public class SimulationTests
{
    [Fact(Timeout = 300_000)]
    public async Task Three_hundred_seeds_end_with_nothing_lost_nothing_paid_twice_and_nothing_left_that_costs()
    {
        using var said = new StringWriter();

        IReadOnlyList<int> failed = await Campaign.RunAsync(first: 1, count: 300, parallel: Campaign.SideBySide, mostFailures: 3, said);

        failed.ShouldBeEmpty(said.ToString());
    }
}
