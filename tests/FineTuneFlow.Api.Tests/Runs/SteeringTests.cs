using System.Text;
using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>What steering a run says to the engine, and what is refused because the run does not stand so.</summary>
public sealed class SteeringTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldEngine _engine = new();
    private readonly MemoryStore _store = new();

    [Theory]
    [InlineData("cancel", InstanceStatus.Completed)]
    [InlineData("cancel", InstanceStatus.Failed)]
    [InlineData("suspend", InstanceStatus.Completed)]
    [InlineData("suspend", InstanceStatus.Terminated)]
    [InlineData("resume", InstanceStatus.Completed)]
    [InlineData("resume", InstanceStatus.Failed)]
    public async Task A_run_that_has_ended_cannot_be_steered(string verb, InstanceStatus status)
    {
        _engine.States["run-1"] = State(status) with { EndedAt = Began.AddHours(1) };

        Failure failure = (await Should.ThrowAsync<FlowException>(SendAsync(verb, ""))).Failure;

        FailureProblem.StatusOf(failure.Kind).ShouldBe(StatusCodes.Status409Conflict);
        failure.Message.ShouldStartWith("run-1 has ended already");
        failure.Remedy!.ShouldContain($"nothing to {verb}");
        _engine.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("suspend")]
    [InlineData("resume")]
    public async Task A_run_that_the_engine_has_forgotten_has_ended(string verb)
    {
        await _store.WriteJsonAsync(RunPaths.Record("run-1"), new RunRecord
        {
            RunId = "run-1", Project = "run", Drop = new BlobRef("drops/run/a.csv", "00", 1), Recipe = new BlobRef("runs/run-1/recipe.json", "00", 1),
            Trigger = "http", Outcome = RunOutcome.Succeeded, StartedAt = Began, EndedAt = Began.AddHours(1),
        });

        (await Should.ThrowAsync<FlowException>(SendAsync(verb, ""))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        _engine.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cancel", InstanceStatus.Running, "raise Cancel {\"by\":\"me\",\"reason\":\"why\"}")]
    [InlineData("cancel", InstanceStatus.Suspended, "resume to be cancelled; raise Cancel {\"by\":\"me\",\"reason\":\"why\"}")]
    [InlineData("suspend", InstanceStatus.Running, "suspend why")]
    [InlineData("resume", InstanceStatus.Suspended, "resume why")]
    public async Task A_run_that_goes_on_is_told(string verb, InstanceStatus status, string told)
    {
        _engine.States["run-1"] = State(status);

        await SendAsync(verb, """{ "by": "me", "reason": "why" }""");

        string.Join("; ", _engine.Told).ShouldBe(told);
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("resume")]
    public async Task Without_a_reason_the_history_says_where_it_came_from(string verb)
    {
        _engine.States["run-1"] = State(InstanceStatus.Running);

        await SendAsync(verb, "");

        _engine.Told.ShouldBe([$"{verb} asked through the API"]);
    }

    [Fact]
    public async Task An_approval_is_taken_where_a_run_waits_for_it_and_kept()
    {
        _engine.States["run-1"] = State(InstanceStatus.Running, RunStage.WaitingForApproval);

        await SendAsync("approval", """{ "approved": true, "by": "me", "comment": "go" }""");
        // Sent again, since its answer may have been lost; a different one comes too late.
        await SendAsync("approval", """{ "approved": true, "by": "me", "comment": "go" }""");
        Failure late = (await Should.ThrowAsync<FlowException>(SendAsync("approval", """{ "approved": false }"""))).Failure;

        _engine.Told.ShouldBe(Enumerable.Repeat("raise Approval {\"approved\":true,\"by\":\"me\",\"comment\":\"go\"}", 2));
        FailureProblem.StatusOf(late.Kind).ShouldBe(StatusCodes.Status409Conflict);
        late.Message.ShouldBe("run-1 has been approved already by me");
        (await _store.ReadJsonAsync<ApprovalDecision>(RunPaths.Approval("run-1"))).ShouldBe(new ApprovalDecision(true, "me", "go"));
    }

    [Theory]
    [InlineData(InstanceStatus.Running, RunStage.Training)]
    [InlineData(InstanceStatus.Suspended, RunStage.WaitingForApproval)]
    [InlineData(InstanceStatus.Completed, RunStage.WaitingForApproval)]
    public async Task An_approval_that_nobody_waits_for_is_refused(InstanceStatus status, RunStage stage)
    {
        _engine.States["run-1"] = State(status, stage);

        Failure failure = (await Should.ThrowAsync<FlowException>(SendAsync("approval", ""))).Failure;

        failure.Kind.ShouldBe(FailureKind.Conflict);
        failure.Message.ShouldContain("does not wait for an approval");
        _engine.Told.ShouldBeEmpty();
        (await _store.ExistsAsync(RunPaths.Approval("run-1"))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("approval")]
    public async Task A_run_that_there_is_none_of_is_not_found(string verb) =>
        (await Should.ThrowAsync<FlowException>(SendAsync(verb, ""))).Failure.Kind.ShouldBe(FailureKind.NotFound);

    private static InstanceState State(InstanceStatus status, RunStage stage = RunStage.Training) => new()
    {
        InstanceId = "run-1", Orchestration = "FineTuneRun", Version = "1", Status = status, CreatedAt = Began, UpdatedAt = Began,
        CustomStatus = JsonSerializer.SerializeToNode(new RunStatus("run", stage, null, 0, []), FlowJson.Compact),
    };

    private Task<IResult> SendAsync(string verb, string body)
    {
        var context = new DefaultHttpContext();
        context.Request.RouteValues["id"] = "run-1";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = body.Length;
        var runs = new RunReader(_engine, _store);
        IApiHandler handler = verb switch
        {
            "cancel" => new PostCancel(runs, _engine),
            "suspend" => new PostSuspend(runs, _engine),
            "resume" => new PostResume(runs, _engine),
            _ => new PostApproval(runs, _engine, _store),
        };
        return handler.HandleAsync(context.Request, TestContext.Current.CancellationToken);
    }
}
