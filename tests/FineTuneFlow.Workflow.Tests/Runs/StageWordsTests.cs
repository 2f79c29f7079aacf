using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

public sealed class StageWordsTests
{
    [Fact]
    public void Every_stage_has_words_of_its_own_by_which_it_is_found_again()
    {
        string[] words = [.. Enum.GetValues<RunStage>().Select(StageWords.Of)];

        words.ShouldAllBe(word => !string.IsNullOrEmpty(word));
        words.Distinct().Count().ShouldBe(words.Length);
        words.Select(StageWords.Find).ShouldBe(Enum.GetValues<RunStage>().Select(stage => (RunStage?)stage));
    }

    [Fact]
    public void A_status_holds_the_words_as_earlier_versions_wrote_them()
    {
        string json = JsonSerializer.Serialize(new RunStatus("reviews", RunStage.WaitingForApproval, null, 0, []), FlowJson.Compact);

        json.ShouldContain("\"stage\":\"waiting for approval\"");
        JsonSerializer.Deserialize<RunStatus>(json, FlowJson.Compact)!.Stage.ShouldBe(RunStage.WaitingForApproval);
    }
}
