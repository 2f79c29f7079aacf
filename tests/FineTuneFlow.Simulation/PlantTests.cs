namespace FineTuneFlow.Simulation;

public class PlantTests
{
    /// <summary>Those that few seeds find; <c>--plants</c> tries all.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("forget-deployment")]
    [InlineData("keep-slot")]
    [InlineData("no-claim")]
    [InlineData("forget-answers")]
    public async Task A_fault_that_is_planted_is_found(string name) => (await Campaign.FindAsync(Plants.Find(name), most: 60, parallel: Campaign.SideBySide)).ShouldNotBeNull();
}
