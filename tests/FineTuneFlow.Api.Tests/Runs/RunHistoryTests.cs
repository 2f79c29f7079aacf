using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>A page that looks again at a run's history is told that nothing has changed exactly while nothing has.</summary>
public sealed class RunHistoryTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldEngine _engine = new();
    private readonly GetRunHistory _handler;

    public RunHistoryTests()
    {
        _engine.States["run-1"] = State("run-1", Began);
        _engine.Histories["run-1"] =
        [
            new HistoryEntry { Sequence = 1, At = Began, Kind = HistoryKind.ExecutionStarted },
            new HistoryEntry { Sequence = 2, At = Began, Kind = HistoryKind.ChildScheduled, StepId = 1, ChildId = "run-1:gpt" },
        ];
        _handler = new GetRunHistory(new RunReader(_engine, new MemoryStore()), _engine, new HistoryVersions(_engine));
    }

    [Fact]
    public async Task A_child_that_begins_after_its_parent_has_asked_for_it_is_a_change()
    {
        (int status, string before) = await AskAsync("");
        status.ShouldBe(StatusCodes.Status200OK);
        (await AskAsync(before)).ShouldBe((StatusCodes.Status304NotModified, before));

        // On Durable Functions the parent's state stays as it was.
        _engine.States["run-1:gpt"] = State("run-1:gpt", Began.AddSeconds(3));
        _engine.Histories["run-1:gpt"] = [new HistoryEntry { Sequence = 1, At = Began.AddSeconds(3), Kind = HistoryKind.ExecutionStarted }];

        (status, string after) = await AskAsync(before);
        status.ShouldBe(StatusCodes.Status200OK);
        after.ShouldNotBe(before);
        (await AskAsync(after)).ShouldBe((StatusCodes.Status304NotModified, after));
    }

    [Fact]
    public async Task A_step_of_a_child_is_a_change()
    {
        _engine.States["run-1:gpt"] = State("run-1:gpt", Began);
        (_, string before) = await AskAsync("");

        _engine.States["run-1:gpt"] = State("run-1:gpt", Began.AddSeconds(1));
        _engine.Histories["run-1:gpt"] = [new HistoryEntry { Sequence = 1, At = Began.AddSeconds(1), Kind = HistoryKind.ExecutionStarted }];

        (int status, string after) = await AskAsync(before);
        status.ShouldBe(StatusCodes.Status200OK);
        after.ShouldNotBe(before);
    }

    [Fact]
    public async Task Steps_of_parent_and_children_stand_in_the_order_of_time_and_ends_say_how_long_they_took()
    {
        _engine.States["run-1:gpt"] = State("run-1:gpt", Began);
        _engine.Histories["run-1"] =
        [
            Step(1, 0, HistoryKind.ExecutionStarted),
            Step(2, 1, HistoryKind.ActivityScheduled, step: 1),
            Step(3, 4, HistoryKind.ActivityCompleted, step: 1),
            Step(4, 5, HistoryKind.ChildScheduled, step: 2, child: "run-1:gpt"),
            Step(5, 6, HistoryKind.ChildScheduled, step: 3, child: "run-1:gone"),
            Step(6, 7, HistoryKind.TimerFired, step: 2),
            Step(7, 9, HistoryKind.ChildFailed, step: 3, failure: true),
            Step(8, 30, HistoryKind.ChildCompleted, step: 2, child: "run-1:gpt"),
            Step(9, 31, HistoryKind.ActivityCompleted, step: 8),
        ];
        _engine.Histories["run-1:gpt"] = [Step(1, 8, HistoryKind.ActivityScheduled, step: 1), Step(2, 20, HistoryKind.ActivityFailed, step: 1, failure: true)];

        RouteCall all = await AskAsync(_handler, "");
        RouteCall failed = await AskAsync(_handler, "?failed=true");

        Lines(all).ShouldBe(
        [
            "run-1 0 executionStarted", "run-1 1 activityScheduled", "run-1 4 activityCompleted took 3", "run-1 5 childScheduled", "run-1 6 childScheduled",
            "run-1 7 timerFired", "run-1:gpt 8 activityScheduled", "run-1 9 childFailed took 3", "run-1:gpt 20 activityFailed took 12", "run-1 30 childCompleted took 25",
            "run-1 31 activityCompleted",
        ]);
        ((int)all.Json["total"]!, (string?)all.Json["continuation"]).ShouldBe((11, null));
        Lines(failed).ShouldBe(["run-1 9 childFailed took 3", "run-1:gpt 20 activityFailed took 12"]);
        ((int)failed.Json["total"]!).ShouldBe(2);
    }

    [Theory]
    [InlineData("?top=2", "0 1", "2")]
    [InlineData("?top=1&continuation=0", "0", "1")]
    [InlineData("?top=2&continuation=2", "2 3", "4")]
    [InlineData("?top=2&continuation=3", "3 4", null)]
    [InlineData("?top=9&continuation=4", "4", null)]
    [InlineData("?continuation=5", "", null)]
    [InlineData("?continuation=99", "", null)]
    [InlineData("?top=10000", "0 1 2 3 4", null)]
    public async Task A_long_history_comes_in_pages(string query, string expected, string? continuation)
    {
        _engine.Histories["run-1"] = [.. Enumerable.Range(0, 5).Select(i => Step(i + 1, i, HistoryKind.EventReceived))];

        RouteCall page = await AskAsync(_handler, query);

        string.Join(' ', Lines(page).Select(line => line.Split(' ')[1])).ShouldBe(expected);
        ((int)page.Json["total"]!, (string?)page.Json["continuation"]).ShouldBe((5, continuation));
    }

    [Theory]
    [InlineData("?top=0", "top")]
    [InlineData("?top=10001", "top")]
    [InlineData("?continuation=-1", "continuation")]
    [InlineData("?failed=perhaps", "failed")]
    public async Task A_page_that_there_cannot_be_is_refused(string query, string field) =>
        (await Should.ThrowAsync<FlowException>(AskAsync(_handler, query))).Failure.Field.ShouldBe(field);

    [Fact]
    public async Task An_answer_is_remembered_by_run_and_query_and_read_anew_only_where_something_changed()
    {
        string all = (await AskAsync(_handler, "")).Headers.ETag.ToString();
        string first = (await AskAsync(_handler, "?top=1")).Headers.ETag.ToString();
        first.ShouldNotBe(all);
        // The engine's histories are gone: what is answered without them was remembered.
        _engine.Histories.Clear();

        (await AskAsync(_handler, "", all)).Status.ShouldBe(StatusCodes.Status304NotModified);
        (await AskAsync(_handler, "?top=1", first)).Status.ShouldBe(StatusCodes.Status304NotModified);
        (await AskAsync(_handler, "?top=1", all)).Status.ShouldBe(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task Of_two_hundred_answers_and_more_the_old_are_forgotten()
    {
        var versions = new HistoryVersions(_engine);
        for (int i = 0; i < 200; i++)
        {
            versions.Keep($"run-1?top={i}", "\"a\"", [("run-1", Began)]);
        }

        (await versions.IsUnchangedAsync("run-1?top=0", "\"a\"", TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await versions.IsUnchangedAsync("run-1?top=0", "", TestContext.Current.CancellationToken)).ShouldBeFalse();
        versions.Keep("run-1?top=200", "\"a\"", [("run-1", Began)]);

        (await versions.IsUnchangedAsync("run-1?top=0", "\"a\"", TestContext.Current.CancellationToken)).ShouldBeFalse();
        (await versions.IsUnchangedAsync("run-1?top=200", "\"a\"", TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_a_line_of_instances_without_end_two_thousand_are_read()
    {
        for (int i = 0; i < 2100; i++)
        {
            string id = i == 0 ? "run-1" : $"run-1:{i}";
            _engine.States[id] = State(id, Began);
            _engine.Histories[id] = [Step(1, i, HistoryKind.ChildScheduled, step: 1, child: $"run-1:{i + 1}")];
        }

        ((int)(await AskAsync(_handler, "?top=1")).Json["total"]!).ShouldBe(2000);
    }

    private static HistoryEntry Step(int sequence, int second, HistoryKind kind, int? step = null, string? child = null, bool failure = false) => new()
    {
        Sequence = sequence, At = Began.AddSeconds(second), Kind = kind, StepId = step, ChildId = child, Failure = failure ? new Failure(FailureKind.Internal, "no") : null,
    };

    private static string[] Lines(RouteCall answer) => [.. answer.Json["steps"]!.AsArray().Select(step =>
        $"{step!["instance"]} {((DateTimeOffset)step["event"]!["at"]! - Began).TotalSeconds:0} {step["event"]!["kind"]}"
        + (step["took"] is { } took ? $" took {TimeSpan.Parse((string)took!).TotalSeconds:0}" : ""))];

    private static Task<RouteCall> AskAsync(GetRunHistory handler, string query, string? etag = null) =>
        RouteCall.AskAsync(handler, query, change: context => context.Request.Headers.IfNoneMatch = etag ?? "");

    private static InstanceState State(string id, DateTimeOffset updatedAt) => new()
    {
        InstanceId = id, Orchestration = "FineTuneRun", Version = "1", Status = InstanceStatus.Running, CreatedAt = Began, UpdatedAt = updatedAt,
    };

    /// <param name="etag">Of the answer that the caller has.</param>
    private async Task<(int Status, string ETag)> AskAsync(string etag)
    {
        RouteCall answer = await AskAsync(_handler, "", etag);
        return (answer.Status, answer.Headers.ETag.ToString());
    }
}
