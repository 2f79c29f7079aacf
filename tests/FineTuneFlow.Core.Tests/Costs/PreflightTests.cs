using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class PreflightTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("babbage-002", "2026-09-28")]
    [InlineData("gpt-3.5-turbo-0125", "2026-10-23")]
    public void A_model_that_is_gone_is_refused_with_its_date_and_what_to_take_instead(string model, string date)
    {
        Failure failure = Check("openai", model).Problems.ShouldHaveSingleItem();

        failure.Kind.ShouldBe(FailureKind.ModelRetired);
        failure.Message.ShouldContain(date);
        string remedy = failure.Remedy.ShouldNotBeNull();
        remedy.ShouldContain("gpt-4.1-mini");
        remedy.ShouldContain("simulator");
        failure.Field!.ShouldContain("a");
    }

    [Theory]
    [InlineData("babbage-002")]
    [InlineData("gpt-3.5-turbo-0125")]
    [InlineData("gpt-4.1-mini")]
    public void The_chapters_models_remain_on_the_simulator(string model)
    {
        PreflightResult result = Check("simulator", model);

        result.Problems.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_model_that_still_trains_is_taken_with_the_day_on_which_the_result_dies()
    {
        PreflightResult result = Check("openai", "gpt-4.1-mini");

        result.Problems.ShouldBeEmpty();
        PreflightWarning warning = result.Warnings.ShouldHaveSingleItem();
        warning.RetiresOn.ShouldBe(new DateOnly(2027, 1, 14));
        warning.Message.ShouldContain("2027-01-14");
    }

    [Theory]
    [InlineData("2027-01-05T12:00:00Z", true, "only until 2027-01-06")]
    [InlineData("2027-01-06T00:00:00Z", true, "no longer trains")]
    [InlineData("2027-01-06T00:00:00Z", false, null)]
    [InlineData("2027-01-14T00:00:00Z", false, "no longer serves")]
    public void Training_must_end_before_the_model_does(string now, bool trains, string? part)
    {
        PreflightResult result = Check("openai", "gpt-4.1-mini", trains, DateTimeOffset.Parse(now));

        if (part is null)
        {
            result.Problems.ShouldBeEmpty();
        }
        else
        {
            result.Problems.ShouldHaveSingleItem().Message.ShouldContain(part);
        }
    }

    [Fact]
    public void An_unknown_model_is_refused_with_the_nearest_name()
    {
        Failure failure = Check("openai", "gpt-4.1-mimi").Problems.ShouldHaveSingleItem();

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Remedy!.ShouldStartWith("Did you mean \"gpt-4.1-mini\"?");
    }

    [Fact]
    public void A_model_that_can_only_be_asked_is_not_trained()
    {
        Check("openai", "gpt-6-luna").Problems.ShouldHaveSingleItem().Message.ShouldContain("does not fine-tune");
        Check("openai", "gpt-6-luna", trains: false).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Another_service_is_taken_on_trust_and_said_so() =>
        Check("nebius", "qwen3-32b").Warnings.ShouldHaveSingleItem().Message.ShouldContain("nothing is known");

    [Fact]
    public void All_refusals_are_thrown_together()
    {
        PreflightResult result = Preflight.Check(
            [new("a", "openai", "openai", "babbage-002", true), new("b", "openai", "openai", "nonsense-9000", true)], ModelBook.Default, Now);

        FlowException thrown = Should.Throw<FlowException>(result.ThrowIfRefused);
        thrown.Failure.Kind.ShouldBe(FailureKind.ModelRetired);
        thrown.Message.ShouldContain("nonsense-9000");
    }

    [Fact]
    public void Dates_are_overridden_by_a_file()
    {
        ModelBook book = ModelBook.Read("models.json", """
            {"asOf":"2027-02-01","source":"mail from the provider","models":[{"provider":"openai","model":"gpt-4.1-mini","trainingEnds":"2027-03-01"},{"provider":"openai","model":"gpt-7"}]}
            """u8);

        book.Find("openai", "gpt-4.1-mini")!.TrainingEnds.ShouldBe(new DateOnly(2027, 3, 1));
        book.Find("openai", "gpt-7").ShouldNotBeNull();
        book.Find("openai", "gpt-4o").ShouldNotBeNull();
    }

    private static PreflightResult Check(string provider, string model, bool trains = true, DateTimeOffset? now = null) =>
        Preflight.Check([new PreflightCandidate("a", provider, provider, model, trains)], ModelBook.Default, now ?? Now);
}
