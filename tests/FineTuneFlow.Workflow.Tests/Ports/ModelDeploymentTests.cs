using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Tests.Ports;

public sealed class ModelDeploymentTests
{
    [Fact]
    public void A_short_name_is_run_and_candidate() => ModelDeployment.NameOf("reviews-0123456789", "gpt").ShouldBe("reviews-0123456789-gpt");

    [Fact]
    public void A_long_name_is_cut_to_what_Azure_takes_and_stays_of_its_own()
    {
        string run = new string('p', 40) + "-0123456789";
        string first = ModelDeployment.NameOf(run, new string('c', 39) + "1");
        string second = ModelDeployment.NameOf(run, new string('c', 39) + "2");

        first.Length.ShouldBe(ModelDeployment.LongestName);
        first.ShouldNotBe(second);
        ModelDeployment.NameOf(run, new string('c', 39) + "1").ShouldBe(first);
    }
}
