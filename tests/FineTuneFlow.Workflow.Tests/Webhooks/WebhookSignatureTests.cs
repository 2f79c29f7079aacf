using System.Text;
using FineTuneFlow.Workflow.Webhooks;

namespace FineTuneFlow.Workflow.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    // The worked example of the Standard Webhooks specification and its libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

    [Fact]
    public void The_specifications_example_is_accepted_and_made()
    {
        WebhookSignature.Verify(Secret, Id, Timestamp, Signature, Body, Then).ShouldBeTrue();
        WebhookSignature.Sign(Secret, Id, Then, Body).ShouldBe(Signature);
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_call_is_accepted_for_five_minutes_either_way(int seconds, bool accepted) =>
        WebhookSignature.Verify(Secret, Id, Timestamp, Signature, Body, Then.AddSeconds(seconds)).ShouldBe(accepted);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,AAAA")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void Other_signatures_are_refused(string? signature) =>
        WebhookSignature.Verify(Secret, Id, Timestamp, signature, Body, Then).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999999")]
    public void A_time_that_is_none_is_refused(string? timestamp) =>
        WebhookSignature.Verify(Secret, Id, timestamp, Signature, Body, Then).ShouldBeFalse();

    [Fact]
    public void One_right_signature_among_several_is_enough_while_secrets_change() =>
        WebhookSignature.Verify(Secret, Id, Timestamp, "v1,AAAA  v1a,x " + Signature, Body, Then).ShouldBeTrue();

    [Fact]
    public void Another_body_id_or_secret_is_refused()
    {
        WebhookSignature.Verify(Secret, Id, Timestamp, Signature, "{}"u8, Then).ShouldBeFalse();
        WebhookSignature.Verify(Secret, "msg_2", Timestamp, Signature, Body, Then).ShouldBeFalse();
        WebhookSignature.Verify("whsec_AAAA", Id, Timestamp, Signature, Body, Then).ShouldBeFalse();
    }
}
