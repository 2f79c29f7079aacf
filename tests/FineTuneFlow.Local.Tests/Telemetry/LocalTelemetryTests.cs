using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Local.Tests.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Local.Tests.Telemetry;

/// <summary>What a collector gets of a run, and what Prometheus reads.</summary>
public sealed class LocalTelemetryTests
{
    [Fact]
    public async Task A_collector_gets_a_whole_run_as_one_trace_and_its_meters_and_lines()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-otlp-");
        try
        {
            await using Collector collector = await Collector.StartAsync();
            await using WebApplication simulator = SimulatorApp.Build(
                new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(folder.FullName, "simulator"), Speed = 20 });
            await simulator.StartAsync(TestContext.Current.CancellationToken);
            string runId;
            string metrics;
            await using (WebApplication host = LocalHost.Build(
            [
                "--FTF_HOME", folder.FullName, "--Port", "0", "--DropWatchSeconds", "86400",
                "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/",
                "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
            ]))
            {
                await host.StartAsync(TestContext.Current.CancellationToken);
                RunView run = await HostedRun.EndedAsync(host, "traced", HostFixture.Reviews(200), HostFixture.Recipe);
                run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
                runId = run.RunId;
                using var http = new HttpClient();
                metrics = await http.GetStringAsync(host.Urls.First() + "/metrics", TestContext.Current.CancellationToken);
                await host.StopAsync(TestContext.Current.CancellationToken);
            }

            // The end of a host sends what it still holds.
            CollectedSpan[] trace = [.. collector.Spans.Where(span => span.TraceId == RunTrace.TraceId(runId))];
            trace.ShouldAllBe(span => span.ParentId == RunTrace.Of(runId).SpanId.ToHexString() && span.Attributes["finetuneflow.run.id"] == runId);
            string[] steps = [.. trace.Select(span => span.Name).Distinct()];
            foreach (string step in new[] { "PreparePlan", "PrepareDataset", "QuoteRun", "UploadFile", "SubmitJob", "PollJob", "CollectResults", "EvaluateChunk", "ScoreCandidate", "TrainLinearBaseline", "Compare", "Promote", "CleanUp", "RecordRun" })
            {
                steps.ShouldContain(step);
            }

            trace.Count(span => span.Name == "SubmitJob").ShouldBe(2);
            trace.Where(span => span.Name == "SubmitJob").Select(span => span.Attributes["finetuneflow.candidate"]).Order().ShouldBe(["one", "two"]);
            foreach (string meter in new[] { "finetuneflow.runs", "finetuneflow.stage.duration", "finetuneflow.rows.scored", "finetuneflow.tokens" })
            {
                collector.Meters.Keys.ShouldContain(meter);
            }

            collector.Logs.ShouldContain(line => line.Body.Contains($"{runId}: done", StringComparison.Ordinal));

            metrics.ShouldContain("# TYPE finetuneflow_runs_total counter");
            metrics.ShouldContain("outcome=\"succeeded\"");
            metrics.ShouldContain("finetuneflow_stage_duration_seconds_bucket{");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "here")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-otlp-");
        try
        {
            string endpoint = name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? value : "http://127.0.0.1:4317";
            Failure failure = Should.Throw<FlowException>(() => LocalHost.Build(
                ["--FTF_HOME", folder.FullName, "--Port", "0", "--OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, $"--{name}", value])).Failure;

            failure.Kind.ShouldBe(FailureKind.InvalidInput);
            failure.Field.ShouldBe(name);
            failure.Remedy.ShouldNotBeNullOrEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
