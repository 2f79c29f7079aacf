using System.Collections.Concurrent;
using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>Runs a program on the engine.</summary>
internal sealed class ProgramOrchestration
{
    public static readonly OrchestrationName<Place, int> Root = new("Root");

    private static readonly OrchestrationName<int, int> Child = new("Child");
    private static readonly ActivityName<int, int> Give = new("Give");
    private static readonly ActivityName<int, int> Fail =
        new("Fail", new RetryPolicy(3, TimeSpan.FromMinutes(1), Kinds: [FailureKind.JobFailed]));
    private static readonly EventName<string> Never = new("Never");

    private readonly ImmutableArray<Op> _program;
    private readonly List<Op.Child> _children = [];
    private readonly List<Op.Flaky> _flaky = [];
    private readonly ConcurrentDictionary<int, int> _attempts = new();

    public ProgramOrchestration(ImmutableArray<Op> program)
    {
        _program = program;
        foreach (Op op in program)
        {
            Collect(op);
        }
    }

    /// <summary>Where a continued execution goes on.</summary>
    public sealed record Place(int From, int Sum);

    /// <summary>How many events of each of the two names the program waits for at most.</summary>
    public int[] Events { get; } = new int[2];

    /// <summary>Nothing fails any more.</summary>
    public bool Repaired { get; set; }

    public WorkflowCatalog Catalog => new WorkflowCatalog()
        .Activity(Give, n => n)
        .Activity(Fail, index =>
        {
            // Runs again after a crash too, so it may get to its last failure earlier; one that always fails always does.
            Op.Flaky flaky = _flaky[index];
            return Repaired || (flaky.Failures < 3 && _attempts.AddOrUpdate(index, 1, (_, n) => n + 1) > flaky.Failures)
                ? flaky.Number
                : throw new FlowException(FailureKind.JobFailed, "flaky");
        })
        .With(Child, (context, index) => RunAsync(context, _children[index].Body, []))
        .With(Root, async (context, place) =>
        {
            int sum = place.Sum;
            var events = new List<int>();
            for (int i = place.From; i < _program.Length; i++)
            {
                if (_program[i] is Op.Continue)
                {
                    context.ContinueAsNew(new Place(i + 1, sum + events.Sum()));
                    return 0;
                }

                sum += await RunAsync(context, _program[i], events);
                context.SetStatus(new { done = i });
            }

            return sum + events.Sum();
        });

    public static EventName<int> Event(int name) => new($"E{name}");

    private async Task<int> RunAsync(IOrchestrationContext context, IEnumerable<Op> body, List<int> events)
    {
        int sum = 0;
        foreach (Op op in body)
        {
            sum += await RunAsync(context, op, events);
        }

        return sum;
    }

    private async Task<int> RunAsync(IOrchestrationContext context, Op op, List<int> events)
    {
        switch (op)
        {
            case Op.Activity activity:
                return await context.CallAsync(Give, activity.Number);
            case Op.Flaky flaky:
                return await context.CallAsync(Fail, _flaky.FindIndex(f => ReferenceEquals(f, flaky)));
            case Op.Timer timer:
                await context.Delay(TimeSpan.FromMinutes(timer.Minutes));
                return 0;
            case Op.Event wait:
                // Apart from the sum, which a failure beside it throws away: the event is taken all the same.
                events.Add(await context.WaitForEvent(Event(wait.Name)));
                return 0;
            case Op.MissedEvent missed:
                return await context.WaitForEvent(Never, context.UtcNow + TimeSpan.FromMinutes(missed.Minutes)) is null ? 0 : 1;
            case Op.Parallel parallel:
                return (await Task.WhenAll(parallel.Branches.Select(b => RunAsync(context, b, events)))).Sum();
            case Op.Child child:
                return await context.CallAsync(Child, _children.FindIndex(c => ReferenceEquals(c, child)));
            case Op.Try attempt:
                try
                {
                    return await RunAsync(context, attempt.Body, events);
                }
                catch (StepFailedException)
                {
                    return ReferenceInterpreter.FailureValue;
                }

            default:
                return 0;
        }
    }

    private void Collect(Op op)
    {
        switch (op)
        {
            case Op.Event wait:
                Events[wait.Name]++;
                break;
            case Op.Flaky flaky:
                _flaky.Add(flaky);
                break;
            case Op.Parallel parallel:
                parallel.Branches.ToList().ForEach(Collect);
                break;
            case Op.Child child:
                _children.Add(child);
                child.Body.ToList().ForEach(Collect);
                break;
            case Op.Try attempt:
                Collect(attempt.Body);
                break;
        }
    }
}
