using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests;

public sealed class BlobPathTests
{
    [Theory]
    [InlineData("drops/reviews/june.csv")]
    [InlineData("drops/reviews/Отзывы июнь.csv")]
    public void A_path_is_read_and_written_as_it_stands(string path) => BlobPath.Parse(path).ToString().ShouldBe(path);

    [Theory]
    [InlineData("drops")]
    [InlineData("/drops/a.csv")]
    [InlineData("drops/")]
    [InlineData("drops/../runs/x/run.json")]
    [InlineData("drops/a//b.csv")]
    [InlineData("drops/a/./b.csv")]
    [InlineData("drops/a\\b.csv")]
    [InlineData("drops/a\nb.csv")]
    [InlineData("Drops/a.csv")]
    public void A_path_that_leaves_its_container_or_hides_something_is_refused(string path) =>
        Should.Throw<FlowException>(() => BlobPath.Parse(path)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);

    [Fact]
    public void An_artifact_cannot_leave_its_run() =>
        Should.Throw<FlowException>(() => RunPaths.Artifact("reviews-0123456789", "../other-run/run.json")).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
}
