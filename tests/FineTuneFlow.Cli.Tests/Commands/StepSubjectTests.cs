using System.Text.Json;
using FineTuneFlow.Cli.Commands;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>Read from the inputs as the engine keeps them, so that a renamed property is noticed.</summary>
public class StepSubjectTests
{
    private static readonly BlobRef Blob = new("runs/r/dataset/train.chat.jsonl", "aa", 1);

    [Fact]
    public void Steps_of_one_name_are_told_apart_by_what_they_were_about()
    {
        Of(new UploadFileInput("r", "simulator", new DatasetFile("chat", Split.Train, Blob))).ShouldBe("train.chat.jsonl");
        Of(new UploadedFile("r", "simulator", "file-7")).ShouldBe("file-7");
        Of(new RunRecord
        {
            RunId = "r",
            Project = "p",
            Drop = Blob,
            Recipe = Blob,
            Trigger = "drop",
            Outcome = RunOutcome.Running,
            StartedAt = DateTimeOffset.UnixEpoch,
            Stages = [new StageTime("planning", DateTimeOffset.UnixEpoch, null), new StageTime("quoting", DateTimeOffset.UnixEpoch, null)],
        }).ShouldBe("quoting");
        Of(new { RunId = "r" }).ShouldBeEmpty();
    }

    private static string Of<T>(T input) => StepSubject.Of(JsonSerializer.SerializeToNode(input, FlowJson.Compact));
}
