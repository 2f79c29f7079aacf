using System.Text.Json;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>Which runs a list shows, page by page, and the drops that have started none.</summary>
public sealed class RunListTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldEngine _engine = new();
    private readonly MemoryStore _store = new();

    public RunListTests()
    {
        Add("approves", InstanceStatus.Running, RunStage.WaitingForApproval);
        Add("cancelled", InstanceStatus.Terminated);
        Add("fails", InstanceStatus.Failed);
        Add("half", InstanceStatus.Completed, outcome: RunOutcome.PartlyFailed);
        Add("machine", InstanceStatus.Running, candidate: new CandidateRecord { Name = "b", Kind = OutcomeKind.FineTune, State = CandidateState.Training });
        Add("rejected", InstanceStatus.Completed, outcome: RunOutcome.Rejected);
        Add("retries", InstanceStatus.Running);
        Add("still", InstanceStatus.Suspended);
        Add("stopped", InstanceStatus.Failed, failure: new Failure(FailureKind.Cancelled, "The run was cancelled"));
        Add("unapproved", InstanceStatus.Failed, failure: new Failure(FailureKind.ApprovalDenied, "The quote was rejected"));
        Add("trains", InstanceStatus.Running, candidate: new CandidateRecord { Name = "a", Kind = OutcomeKind.FineTune, State = CandidateState.Training, Provider = "openai" });
        Add("waits", InstanceStatus.Pending);
        Add("well", InstanceStatus.Completed, outcome: RunOutcome.Succeeded);
        _engine.States["p-2-x"] = State("p-2-x", "p-2", InstanceStatus.Running, RunStage.Training, null, null);
        _engine.Histories["p-retries"] =
            [new HistoryEntry { Sequence = 1, At = Began, Kind = HistoryKind.ActivityFailed, Name = "Prepare", Failure = new Failure(FailureKind.Unavailable, "no answer") }];
    }

    [Theory]
    [InlineData("?project=p", "approves cancelled fails half machine rejected retries still stopped trains unapproved waits well")]
    [InlineData("?project=p&outcome=running", "approves machine retries still trains waits")]
    [InlineData("?project=p&outcome=Succeeded", "well")]
    [InlineData("?project=p&outcome=partlyFailed", "half")]
    [InlineData("?project=p&outcome=failed", "fails")]
    [InlineData("?project=p&outcome=cancelled", "cancelled stopped")]
    [InlineData("?project=p&outcome=rejected", "rejected unapproved")]
    [InlineData("?project=p&waiting=person", "approves")]
    [InlineData("?project=p&waiting=service", "trains")]
    [InlineData("?project=p&waiting=retrying", "retries")]
    [InlineData("?project=p&waiting=any", "approves cancelled fails half machine rejected retries still stopped trains unapproved waits well")]
    [InlineData("?project=p-2", "x")]
    [InlineData("?waiting=person", "approves")]
    [InlineData("?project=p&outcome=failed&waiting=person", "")]
    public async Task Runs_are_listed_by_project_outcome_and_what_they_wait_for(string query, string expected) =>
        (await ListAsync(query)).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("", "")]
    [InlineData("?outcome=running", "Pending Running Suspended")]
    [InlineData("?outcome=succeeded", "Completed")]
    [InlineData("?outcome=partlyFailed", "Completed")]
    [InlineData("?outcome=failed", "Completed Failed Terminated")]
    [InlineData("?outcome=rejected", "Completed Failed Terminated")]
    public async Task The_engine_is_asked_for_no_more_than_can_have_that_outcome(string query, string statuses)
    {
        await ListAsync(query);

        string.Join(' ', _engine.Queries[0].Statuses).ShouldBe(statuses);
        (_engine.Queries[0].PageSize, _engine.Queries[0].IdPrefix, _engine.Queries[0].Orchestration).ShouldBe((50, null, "FineTuneRun"));
    }

    [Fact]
    public async Task A_page_is_filled_though_most_of_what_the_engine_gives_is_left_out()
    {
        // The engine gives p-2-x first, whose id begins alike: then one more is asked for.
        RouteCall first = await AskAsync("?project=p&top=2");
        Ids(first).ShouldBe(["approves", "cancelled"]);
        ((string)first.Json["continuation"]!).ShouldBe("p-cancelled");
        _engine.Queries.Select(query => (query.PageSize, query.Continuation)).ShouldBe([(2, null), (1, "p-approves")]);

        // Of ended ones one by one.
        _engine.Queries.Clear();
        Ids(await AskAsync("?project=p&outcome=succeeded&top=1")).ShouldBe(["well"]);
        _engine.Queries.Count.ShouldBe(3);
        _engine.Queries.ShouldAllBe(query => query.PageSize == 1 && query.IdPrefix == "p-");
    }

    [Fact]
    public async Task The_next_page_begins_where_the_last_one_ended()
    {
        RouteCall first = await AskAsync("?top=2");
        RouteCall second = await AskAsync($"?top=3&continuation={(string)first.Json["continuation"]!}");
        RouteCall last = await AskAsync($"?top=1000&continuation={(string)second.Json["continuation"]!}");

        Ids(first).ShouldBe(["x", "approves"]);
        Ids(second).ShouldBe(["cancelled", "fails", "half"]);
        Ids(last).ShouldBe(["machine", "rejected", "retries", "still", "stopped", "trains", "unapproved", "waits", "well"]);
        last.Json["continuation"].ShouldBeNull();
    }

    [Theory]
    [InlineData("?top=0", "top")]
    [InlineData("?top=1001", "top")]
    [InlineData("?outcome=lost", "outcome")]
    [InlineData("?outcome=1", "outcome")]
    [InlineData("?waiting=2", "waiting")]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?project=No%20name", null)]
    public async Task A_filter_that_means_nothing_is_refused(string query, string? field)
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(AskAsync(query))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Field.ShouldBe(field ?? failure.Field);
        if (field == "outcome")
        {
            failure.Remedy.ShouldBe("One of running, succeeded, partlyFailed, failed, cancelled, rejected.");
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("?project=p", true)]
    [InlineData("?project=p-2", false)]
    [InlineData("?outcome=failed", false)]
    [InlineData("?waiting=person", false)]
    [InlineData("?from=2026-01-01T00:00:00Z", false)]
    [InlineData("?to=2027-01-01T00:00:00Z", false)]
    [InlineData("?continuation=p-a", false)]
    public async Task Drops_that_have_started_no_run_stand_on_the_first_page_of_an_open_list_until_they_are_dismissed(string query, bool shown)
    {
        BlobPath drop = RunPaths.Drop("p", "a.csv");
        var refused = new RefusedDrops(_store, TimeProvider.System);
        await _store.WriteAsync(drop, new MemoryStream([1]), cancellation: TestContext.Current.CancellationToken);
        await refused.NoteAsync(drop, new Failure(FailureKind.InvalidInput, "empty"), TestContext.Current.CancellationToken);

        (await AskAsync(query)).Json["refused"]!.AsArray().Select(one => (string)one!["drop"]!).ShouldBe(shown ? ["drops/p/a.csv"] : []);

        (await RouteCall.AskAsync(new DeleteRefused(refused), "?drop=drops/p/a.csv")).Status.ShouldBe(204);
        (await AskAsync(query)).Json["refused"]!.AsArray().ShouldBeEmpty();
        (await Should.ThrowAsync<FlowException>(RouteCall.AskAsync(new DeleteRefused(refused)))).Failure.Field.ShouldBe("drop");
    }

    [Fact]
    public async Task Times_are_asked_of_the_engine()
    {
        await AskAsync("?from=2026-01-02T00:00:00Z&to=2026-02-03T00:00:00Z");

        (_engine.Queries[0].CreatedFrom, _engine.Queries[0].CreatedTo).ShouldBe((Began.AddDays(1), Began.AddDays(33)));
    }

    [Fact]
    public async Task Who_has_the_list_or_the_run_already_is_told_so()
    {
        RouteCall first = await AskAsync("");
        (await RouteCall.AskAsync(new GetRuns(Runs, new RefusedDrops(_store, TimeProvider.System)), change: context => context.Request.Headers.IfNoneMatch = first.Headers.ETag)).Status.ShouldBe(304);

        RouteCall run = await RouteCall.AskAsync(new GetRun(Runs), change: context => context.Request.RouteValues["id"] = "p-well");
        ((string)run.Json["runId"]!, (string)run.Json["outcome"]!).ShouldBe(("p-well", "succeeded"));
        run.Headers.ETag.ToString().ShouldNotBeEmpty();
    }

    private RunReader Runs => new(_engine, _store);

    private async Task<string[]> ListAsync(string query) => Ids(await AskAsync(query));

    private Task<RouteCall> AskAsync(string query) => RouteCall.AskAsync(new GetRuns(Runs, new RefusedDrops(_store, TimeProvider.System)), query);

    /// <summary>Behind the project's name.</summary>
    private static string[] Ids(RouteCall answer) => [.. answer.Json["runs"]!.AsArray().Select(run => ((string)run!["runId"]!).Split('-')[^1])];

    private void Add(string name, InstanceStatus status, RunStage stage = RunStage.Training, CandidateRecord? candidate = null, RunOutcome? outcome = null, Failure? failure = null) =>
        _engine.States[$"p-{name}"] = State($"p-{name}", "p", status, stage, candidate, outcome) with { Failure = failure };

    private static InstanceState State(string id, string project, InstanceStatus status, RunStage stage, CandidateRecord? candidate, RunOutcome? outcome) => new()
    {
        InstanceId = id, Orchestration = "FineTuneRun", Version = "1", Status = status, CreatedAt = Began, UpdatedAt = Began,
        EndedAt = status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated ? Began.AddHours(1) : null,
        CustomStatus = JsonSerializer.SerializeToNode(new RunStatus(project, stage, null, 0, candidate is null ? [] : [candidate]), FlowJson.Compact),
        Output = outcome is { } ended ? JsonSerializer.SerializeToNode(new RunResult(ended, null, null, 0), FlowJson.Compact) : null,
    };
}
