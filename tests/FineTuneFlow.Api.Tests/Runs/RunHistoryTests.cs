using FineTuneFlow.Api.Runs;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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

    private static InstanceState State(string id, DateTimeOffset updatedAt) => new()
    {
        InstanceId = id, Orchestration = "FineTuneRun", Version = "1", Status = InstanceStatus.Running, CreatedAt = Began, UpdatedAt = updatedAt,
    };

    /// <param name="etag">Of the answer that the caller has.</param>
    private async Task<(int Status, string ETag)> AskAsync(string etag)
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.RouteValues["id"] = "run-1";
        context.Request.Headers.IfNoneMatch = etag;
        context.Response.Body = new MemoryStream();
        IResult result = await _handler.HandleAsync(context.Request, TestContext.Current.CancellationToken);
        await result.ExecuteAsync(context);
        return (context.Response.StatusCode, context.Response.Headers.ETag.ToString());
    }
}
