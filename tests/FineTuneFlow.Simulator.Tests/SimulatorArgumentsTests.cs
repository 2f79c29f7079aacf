using FineTuneFlow.Core.Failures;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Tests;

public sealed class SimulatorArgumentsTests
{
    [Fact]
    public void Every_option_is_read()
    {
        SimulatorOptions options = SimulatorArguments.Parse(
            ["--urls", "http://127.0.0.1:0", "--state", "/s", "--key", "k", "--speed", "2.5", "--train-seconds", "3", "--max-active-jobs", "5",
             "--workers", "2", "--requests-per-minute", "60", "--capacity-counts", "--webhook-url", "http://localhost:9/x", "--webhook-secret", "whsec_AAAA", "--parent-watch"]);

        options.ShouldBe(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = "/s", Key = "k", Speed = 2.5, TrainFor = TimeSpan.FromSeconds(3), MaximumActiveJobs = 5,
            Workers = 2, RequestsPerMinute = 60, CapacityCounts = true, WebhookUrl = new Uri("http://localhost:9/x"), WebhookSecret = "whsec_AAAA", ParentWatch = true,
        });
    }

    [Theory]
    [InlineData("--unknown", "1")]
    [InlineData("--speed", "fast")]
    [InlineData("--speed", "0")]
    [InlineData("--faults", "/no/such/file")]
    [InlineData("--urls", "http://0.0.0.0:80")]
    [InlineData("--urls", "http://example.org")]
    [InlineData("--webhook-url", "http://example.org/hook")]
    [InlineData("--speed")]
    public void What_is_not_usable_is_refused_with_its_name(params string[] arguments)
    {
        FlowException refused = Should.Throw<FlowException>(() => SimulatorArguments.Parse(arguments));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.ToString().ShouldContain(arguments[0].TrimStart('-'), Case.Insensitive);
    }
}
