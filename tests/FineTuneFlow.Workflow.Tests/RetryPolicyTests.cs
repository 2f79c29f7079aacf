using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Workflow.Tests;

public sealed class RetryPolicyTests
{
    private static readonly Failure Throttled = new(FailureKind.Throttled, "slow down");

    [Fact]
    public void The_wait_grows_by_the_coefficient_up_to_the_limit()
    {
        var policy = new RetryPolicy(10, TimeSpan.FromSeconds(1), BackoffCoefficient: 2, MaxInterval: TimeSpan.FromSeconds(5));

        Enumerable.Range(1, 4).Select(n => policy.NextDelay(n, Throttled, TimeSpan.Zero)!.Value.TotalSeconds).ShouldBe([1, 2, 4, 5]);
    }

    [Fact]
    public void What_the_other_side_asks_for_is_waited_for()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(1));

        policy.NextDelay(1, Throttled with { RetryAfter = TimeSpan.FromSeconds(90) }, TimeSpan.Zero).ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData(FailureKind.Unauthenticated)]
    [InlineData(FailureKind.QuotaExhausted)]
    [InlineData(FailureKind.InvalidInput)]
    [InlineData(FailureKind.Cancelled)]
    public void What_only_a_person_can_mend_is_not_tried_again(FailureKind kind) =>
        new RetryPolicy(10, TimeSpan.FromSeconds(1)).NextDelay(1, new Failure(kind, "no"), TimeSpan.Zero).ShouldBeNull();

    [Theory]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Ambiguous)]
    [InlineData(FailureKind.Internal)]
    public void What_may_pass_is_tried_again(FailureKind kind) =>
        new RetryPolicy(10, TimeSpan.FromSeconds(1)).NextDelay(1, new Failure(kind, "not now"), TimeSpan.Zero).ShouldNotBeNull();

    [Fact]
    public void No_attempt_begins_after_the_timeout_or_beyond_the_last_one()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(10), Timeout: TimeSpan.FromSeconds(25));

        policy.NextDelay(1, Throttled, TimeSpan.FromSeconds(20)).ShouldBeNull();
        policy.NextDelay(1, Throttled, TimeSpan.FromSeconds(15)).ShouldNotBeNull();
        policy.NextDelay(3, Throttled, TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public void A_defect_is_given_up_soon()
    {
        var policy = new RetryPolicy(30, TimeSpan.FromSeconds(1));
        var defect = new Failure(FailureKind.Internal, "oops");

        policy.NextDelay(4, defect, TimeSpan.Zero).ShouldNotBeNull();
        policy.NextDelay(5, defect, TimeSpan.Zero).ShouldBeNull();
    }
}
