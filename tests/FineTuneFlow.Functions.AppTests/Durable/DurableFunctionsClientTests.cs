using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Tests;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Functions.AppTests.Durable;

public class DurableFunctionsClientTests
{
    /// <summary>The storage account that is the durable backend; null: the one in memory.</summary>
    protected virtual string? Backend => null;

    /// <summary>Whether the backend tells starters of one id at one time that another was before them.</summary>
    protected virtual bool Refuses => true;

    private static readonly OrchestrationName<string, string> Wait = new(nameof(Wait));
    private static readonly OrchestrationName<string, string> Pass = new(nameof(Pass));
    private static readonly OrchestrationName<string, string> Counted = new(nameof(Counted));
    private static readonly ActivityName<string, string> Work = new(nameof(Work));
    private static readonly ActivityName<string, string> Count = new(nameof(Count));
    private static readonly EventName<string> Go = new(nameof(Go));

    [Fact]
    public async Task An_id_is_started_once_in_whatever_state_it_is()
    {
        await using TestHost host = await Host().StartAsync();

        (await host.Client.StartAsync(Pass, "p-1", "x")).ShouldBeTrue();
        (await host.Client.StartAsync(Pass, "p-1", "y")).ShouldBeFalse();
        await host.EndAsync("p-1");
        (await host.Client.StartAsync(Pass, "p-1", "z")).ShouldBeFalse();
        (await host.Client.GetAsync("p-1"))!.Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task Of_many_starts_at_once_one_runs_and_one_says_that_it_started()
    {
        int ran = 0;
        await using TestHost host = await Host().With(Count, text => Task.FromResult($"{Interlocked.Increment(ref ran)}"))
            .With(Counted, (context, input) => context.CallAsync(Count, input))
            .StartAsync();

        bool[] started = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.Client.StartAsync(Counted, "p-1", $"{i}")));

        (await host.EndAsync("p-1")).Output!.GetValue<string>().ShouldBe("1");
        started.Count(one => one).ShouldBeInRange(1, Refuses ? 1 : 8);
        ran.ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_ids_are_not_found_and_moves_that_the_state_forbids_conflict()
    {
        await using TestHost host = await Host().StartAsync();
        await host.Client.StartAsync(Pass, "p-1", "x");
        await host.EndAsync("p-1");

        await Refused(host.Client.SuspendAsync("nobody", ""), FailureKind.NotFound);
        await Refused(host.Client.GetHistoryAsync("nobody"), FailureKind.NotFound);
        await Refused(host.Client.RaiseEventAsync("p-1", Go, "x"), FailureKind.Conflict);
        await Refused(host.Client.ResumeAsync("p-1", ""), FailureKind.Conflict);
        await Refused(host.Client.RewindAsync("p-1", ""), FailureKind.Conflict);
        await Refused(host.Client.TerminateAsync("p-1", ""), FailureKind.Conflict);
        (await host.Client.GetAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task A_suspended_instance_takes_events_only_when_it_is_resumed()
    {
        await using TestHost host = await Host().StartAsync();
        await host.Client.StartAsync(Wait, "p-1", "x");
        await host.StatusAsync("p-1", "waiting");

        await host.Client.SuspendAsync("p-1", "look");
        while ((await host.Client.GetAsync("p-1"))!.Status != InstanceStatus.Suspended)
        {
            await Task.Yield();
        }

        await host.Client.RaiseEventAsync("p-1", Go, "gone");
        (await host.Client.GetAsync("p-1"))!.Status.ShouldBe(InstanceStatus.Suspended);
        await host.Client.ResumeAsync("p-1", "go on");
        (await host.EndAsync("p-1")).Output!.GetValue<string>().ShouldBe("gone");
    }

    [Fact]
    public async Task Terminated_instances_are_purged_and_then_unknown()
    {
        await using TestHost host = await Host().StartAsync();
        await host.Client.StartAsync(Wait, "p-1", "x");
        await host.StatusAsync("p-1", "waiting");
        await Refused(host.Client.PurgeAsync("p-1"), FailureKind.Conflict);

        await host.Client.TerminateAsync("p-1", "enough");
        InstanceState state = await host.EndAsync("p-1");
        await host.Client.PurgeAsync("p-1");

        state.Status.ShouldBe(InstanceStatus.Terminated);
        state.EndedAt.ShouldNotBeNull();
        (await host.Client.GetAsync("p-1")).ShouldBeNull();
    }

    [Fact]
    public async Task Queries_filter_sort_and_page()
    {
        await using TestHost host = await Host().StartAsync();
        foreach (string id in new[] { "p-1", "p-2", "q-3", "p-4" })
        {
            await host.Client.StartAsync(Pass, id, id);
            await host.EndAsync(id);
        }

        await host.Client.StartAsync(Wait, "p-5", "x");
        await host.StatusAsync("p-5", "waiting");

        var ended = new InstanceQuery { IdPrefix = "p-", Statuses = [InstanceStatus.Completed], PageSize = 2 };
        InstancePage first = await host.Client.QueryAsync(ended);
        InstancePage second = await host.Client.QueryAsync(ended with { Continuation = first.Continuation });

        first.Instances.Select(i => i.InstanceId).ShouldBe(["p-4", "p-2"]);
        second.Instances.Select(i => i.InstanceId).ShouldBe(["p-1"]);
        second.Continuation.ShouldBeNull();
        (await host.Client.QueryAsync(new InstanceQuery { Orchestration = Wait.Name })).Instances.Single().Input!.GetValue<string>().ShouldBe("x");
        (await host.Client.QueryAsync(new InstanceQuery { CustomStatusContains = "wait" })).Instances.Single().InstanceId.ShouldBe("p-5");
    }

    [Fact]
    public async Task An_engine_that_cannot_be_reached_is_unavailable_whatever_is_asked_of_it()
    {
        ServiceCollection nowhere = new();
        nowhere.AddHttpClient();
        nowhere.AddDurableTaskClient(builder => builder.UseGrpc("http://127.0.0.1:9"));
        await using ServiceProvider services = nowhere.BuildServiceProvider();
        var client = new DurableFunctionsClient(
            () => services.GetRequiredService<IDurableTaskClientProvider>().GetClient(), services.GetRequiredService<IHttpClientFactory>());

        await Refused(client.StartAsync(Pass, "p-1", "x"), FailureKind.Unavailable);
        await Refused(client.GetAsync("p-1"), FailureKind.Unavailable);
        await Refused(client.QueryAsync(new InstanceQuery()), FailureKind.Unavailable);
        await Refused(client.GetHistoryAsync("p-1"), FailureKind.Unavailable);
        await Refused(client.SuspendAsync("p-1", ""), FailureKind.Unavailable);
    }

    private TestHost Host() => new TestHost(Backend)
        .With(Work, text => Task.FromResult(text))
        .With(Pass, (context, input) => context.CallAsync(Work, input))
        .With(Wait, (context, input) =>
        {
            context.SetStatus("waiting");
            return context.WaitForEvent(Go);
        });

    private static async Task Refused(Task act, FailureKind kind) => (await act.ShouldThrowAsync<FlowException>()).Failure.Kind.ShouldBe(kind);
}

/// <summary>The same over the backend that the app has without a scheduler.</summary>
public sealed class StorageBackedFunctionsClientTests(Azurite azurite) : DurableFunctionsClientTests
{
    protected override string? Backend => azurite.ConnectionString;

    // It takes all of them and runs one.
    protected override bool Refuses => false;
}
