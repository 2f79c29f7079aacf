using System.Diagnostics;
using System.Diagnostics.Metrics;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Tests.Observability;

public sealed class FlowTelemetryTests
{
    [Fact]
    public void All_steps_of_a_run_join_one_trace_and_those_of_another_run_do_not()
    {
        string mine = Guid.NewGuid().ToString("N");
        string other = Guid.NewGuid().ToString("N");
        List<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FlowTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        // Two processes: nothing is handed from one to the other but the run's id.
        foreach (string step in new[] { "PrepareDataset", "SubmitJob" })
        {
            using var process = new FlowTelemetry();
            process.Begin(step, mine, step == "SubmitJob" ? "babbage-1" : null).Dispose();
        }

        using (var process = new FlowTelemetry())
        {
            process.Begin("PrepareDataset", other).Dispose();
        }

        Activity[] run = [.. spans.Where(span => (string?)span.GetTagItem("finetuneflow.run.id") == mine)];
        run.Length.ShouldBe(2);
        run.Select(span => span.TraceId.ToHexString()).Distinct().ShouldBe([RunTrace.TraceId(mine)]);
        run.Select(span => span.ParentSpanId).Distinct().Count().ShouldBe(1);
        run[1].GetTagItem("finetuneflow.candidate").ShouldBe("babbage-1");
        RunTrace.TraceId(other).ShouldNotBe(RunTrace.TraceId(mine));
    }

    [Theory]
    [InlineData("reviews-1a2b", "reviews-1a2b", null)]
    [InlineData("reviews-1a2b:gpt:train", "reviews-1a2b", "gpt")]
    [InlineData("reviews-1a2b:7", "reviews-1a2b", null)]
    public void An_instance_tells_whose_work_it_does(string instanceId, string runId, string? candidate) =>
        RunTrace.Subject(instanceId).ShouldBe((runId, candidate));

    [Fact]
    public async Task A_step_is_timed_with_its_outcome_and_its_failure_goes_on()
    {
        using var telemetry = new FlowTelemetry();
        List<(string Instrument, double Value, string Tags)> measured = [];
        using MeterListener listener = Listen(telemetry, measured);

        (await telemetry.ObserveAsync("Quote", "run-1", null, null, () => Task.FromResult(3))).ShouldBe(3);
        await Should.ThrowAsync<FlowException>(() => telemetry.ObserveAsync<int>(
            "SubmitJob", "run-1", "a", null, () => throw new FlowException(FailureKind.Throttled, "wait")));
        await Should.ThrowAsync<InvalidOperationException>(() => telemetry.ObserveAsync<int>(
            "SubmitJob", "run-1", "a", null, () => throw new InvalidOperationException()));

        measured.Select(m => m.Tags).ShouldBe(
            ["outcome=succeeded;stage=Quote", "outcome=Throttled;stage=SubmitJob", "outcome=Internal;stage=SubmitJob"]);
        measured.ShouldAllBe(m => m.Instrument == "finetuneflow.stage.duration" && m.Value >= 0);
    }

    [Fact]
    public void Every_figure_of_the_design_has_its_meter()
    {
        using var telemetry = new FlowTelemetry();
        List<(string Instrument, double Value, string Tags)> measured = [];
        using MeterListener listener = Listen(telemetry, measured);

        telemetry.RunEnded("succeeded");
        telemetry.RowsScored("openai", 40);
        telemetry.Tokens("openai", "training", 1200);
        telemetry.Spent("openai", "training", 0.25);
        telemetry.Retried("SubmitJob", FailureKind.Unavailable);
        telemetry.Throttled("openai", FailureKind.Throttled);

        measured.ShouldBe([
            ("finetuneflow.runs", 1, "outcome=succeeded"),
            ("finetuneflow.rows.scored", 40, "provider=openai"),
            ("finetuneflow.tokens", 1200, "provider=openai;use=training"),
            ("finetuneflow.cost", 0.25, "provider=openai;use=training"),
            ("finetuneflow.retries", 1, "kind=Unavailable;stage=SubmitJob"),
            ("finetuneflow.throttles", 1, "kind=Throttled;provider=openai"),
        ]);
    }

    [Fact]
    public async Task A_services_wish_to_wait_is_counted_by_provider()
    {
        using var telemetry = new FlowTelemetry();
        List<(string Instrument, double Value, string Tags)> measured = [];
        using MeterListener listener = Listen(telemetry, measured);
        var facts = new ProviderFacts("openai", ProviderKind.OpenAI, NeedsDeployment: false, NeedsFileProcessing: false, MaxJobs: 1, PriceKey: "openai");
        int asked = 0;

        await new ModelThrottle(TimeProvider.System, telemetry).RunAsync(facts, "m", _ => ++asked == 1
            ? throw new FlowException(new Failure(FailureKind.Throttled, "slower", RetryAfter: TimeSpan.FromMilliseconds(1)))
            : Task.FromResult(new ModelAnswer("a", [], "stop", null, 1, 1, 1)));

        measured.ShouldBe([("finetuneflow.throttles", 1, "kind=Throttled;provider=openai")]);
    }

    [Fact]
    public void Log_lines_of_a_step_carry_run_and_candidate()
    {
        using var telemetry = new FlowTelemetry();
        List<string> lines = [];
        using var provider = new ScopedLines(lines);
        using ILoggerFactory factory = LoggerFactory.Create(logging => logging.AddProvider(provider));
        ILogger logger = factory.CreateLogger("step");

        using (telemetry.Begin("SubmitJob", "run-1", "babbage-1", logger))
        {
            logger.LogInformation("created");
        }

        logger.LogInformation("after");
        lines.ShouldBe(["RunId=run-1;Candidate=babbage-1 created", " after"]);
    }

    private static MeterListener Listen(FlowTelemetry telemetry, List<(string, double, string)> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter == telemetry.Meter)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add((instrument.Name, value, Text(tags))));
        listener.Start();
        return listener;
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(';', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order());

    private sealed class ScopedLines(List<string> lines) : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable BeginScope<TState>(TState state) where TState : notnull => _scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<string> pairs = [];
            _scopes.ForEachScope(
                (scope, into) => into.AddRange(((IEnumerable<KeyValuePair<string, object?>>)scope!).Select(pair => $"{pair.Key}={pair.Value}")), pairs);
            lines.Add($"{string.Join(';', pairs)} {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
