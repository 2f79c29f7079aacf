using FineTuneFlow.Core.Failures;
using FineTuneFlow.Functions.Durable;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Functions.Tests.Durable;

public sealed class FailureTextTests
{
    private static readonly Failure Whole = new(
        FailureKind.Throttled, "wait: \"{ }\"\nStack: none\u2028ü", "later", new SourceLocation("a.csv", 7, "label"), "budget.usd", TimeSpan.FromSeconds(3));

    [Fact]
    public void A_failure_comes_back_whole() => FailureText.Read(FailureText.Write(Whole)).ShouldBe(Whole);

    [Fact]
    public void It_is_one_line_as_the_host_keeps_only_the_first() => FailureText.Write(Whole).ShouldNotContain('\n');

    [Fact]
    public void The_host_finds_no_place_to_cut_it_in_two() => FailureText.Write(Whole).ShouldNotContain(": ");

    [Fact]
    public void Any_message_survives_the_hosts_cut() => Prop.ForAll<NonNull<string>, NonNull<string>>((message, remedy) =>
    {
        var failure = new Failure(FailureKind.JobFailed, Whole(message.Get) + ": ", Whole(remedy.Get));
        string text = FailureText.Write(failure);

        // What the extension makes of a worker's exception: type and first line, with the type in front or without.
        FailureText.Read(text.Split('\n')[0].TrimEnd()).ShouldBe(failure);
        string named = $"FineTuneFlow.Functions.Durable.CarriedFailureException: {text}\n   at X()";
        FailureText.Read(named[(named.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split('\n')[0].TrimEnd()).ShouldBe(failure);

        // Half a surrogate pair is not a text, and no encoding keeps it.
        static string Whole(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
    }).QuickCheckThrowOnFailure();

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
