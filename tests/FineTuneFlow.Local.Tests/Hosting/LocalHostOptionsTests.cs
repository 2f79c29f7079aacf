using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Local.Tests.Hosting;

public class LocalHostOptionsTests
{
    [Theory]
    [InlineData("Port", "70000")]
    [InlineData("Port", "x")]
    [InlineData("DropWatchSeconds", "0")]
    [InlineData("ListenAddress", "here")]
    [InlineData("ListenAddress", "0.0.0.0")]
    [InlineData("ApiKey", "short")]
    [InlineData("LogLevel", "loud")]
    [InlineData("NightlySchedule", "at night")]
    [InlineData("NightlySchedule", "0 61 2 * * *")]
    public void A_wrong_setting_is_named_with_what_it_may_be(string name, string value)
    {
        Failure failure = Should.Throw<FlowException>(() => Read((name, value))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Field.ShouldBe(name);
        failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Beyond_the_loopback_address_it_listens_only_with_a_key() =>
        Read(("ListenAddress", "0.0.0.0"), ("ApiKey", "0123456789abcdef")).Address.ToString().ShouldBe("0.0.0.0");

    [Fact]
    public void The_nights_schedule_is_written_as_for_the_Functions_timer() =>
        Read(("NightlySchedule", "0 30 2 * * *")).NightlySchedule!.GetNextOccurrence(new DateTime(2026, 11, 22, 3, 0, 0, DateTimeKind.Utc))
            .ShouldBe(new DateTime(2026, 11, 23, 2, 30, 0));

    [Fact]
    public void Without_settings_it_listens_on_this_machine_only() => Read().Address.ToString().ShouldBe("127.0.0.1");

    private static LocalHostOptions Read(params (string Name, string Value)[] settings) =>
        LocalHostOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
