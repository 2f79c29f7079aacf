using FineTuneFlow.Core.Failures;
using FineTuneFlow.Functions.Durable;

namespace FineTuneFlow.Functions.Tests.Durable;

public sealed class FailureTextTests
{
    private static readonly Failure Whole = new(
        FailureKind.Throttled, "wait: \"{ }\"\nStack: none\u2028ü", "later", new SourceLocation("a.csv", 7, "label"), "budget.usd", TimeSpan.FromSeconds(3));

    [Fact]
    public void A_failure_comes_back_whole() => FailureText.Read(FailureText.Write(Whole)).ShouldBe(Whole);

    [Fact]
    public void It_is_one_line_as_the_host_keeps_only_the_first() => FailureText.Write(Whole).ShouldNotContain('\n');

    [Theory]
    [InlineData("{0}")]
    [InlineData("Task 'PollJob' (#3) failed with an unhandled exception: {0}")]
    [InlineData("Result: Failure\nException: FineTuneFlow.Functions.Durable.CarriedFailureException: {0}\n   at X()\nStack:    at X()")]
    [InlineData("{0} (Parameter 'x') {{\"kind\":\"internal\"}}")]
    public void It_is_found_in_whatever_was_put_around_it(string around) =>
        FailureText.Read(string.Format(System.Globalization.CultureInfo.InvariantCulture, around, FailureText.Write(Whole))).ShouldBe(Whole);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Object reference not set")]
    [InlineData("FTF1 {\"kind\":")]
    [InlineData("FTF1 {\"kind\":\"nonsense\",\"message\":\"x\"}")]
    public void Where_there_is_none_there_is_none(string? message) => FailureText.Read(message).ShouldBeNull();
}
