using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

/// <summary>The product's orchestrations on the embedded engine with a stub in the place of every step, and a clock that skips to the
/// next timer whenever nothing is left to do: days pass in milliseconds.</summary>
internal sealed class StubbedSteps : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-stubs-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly Lock _gate = new();
    private readonly List<(string Step, string Input, DateTimeOffset At)> _calls = [];
    private readonly Dictionary<string, Func<string, Task<string>>> _answers = StubAnswers.Make();
    private Failure? _cancelled;

    private StubbedSteps()
    {
        Answer(Steps.CancelRun, input =>
        {
            _cancelled = input.Reason;
            return Unit.Value;
        });
        WorkflowCatalog catalog = WorkflowComposition.Catalog.WithEachActivity(entry => entry with { Run = (_, input, _) => CallAsync(entry.Name, input) });
        var options = new EngineOptions { DatabasePath = Path.Combine(_folder, "engine.db"), StopGrace = TimeSpan.Zero };
        Engine = new DurableEngine(options, catalog, _services, Clock, NullLoggerFactory.Instance);
    }

    public SkippingClock Clock { get; } = new();

    public DurableEngine Engine { get; }

    /// <summary>Done when a step is called, before it answers.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>The steps in the order in which they were called.</summary>
    public IReadOnlyList<string> Called => Locked(() => _calls.Select(call => call.Step).ToArray());

    /// <summary>The last <c>run.json</c> that was written.</summary>
    public RunRecord Record => Inputs(Steps.RecordRun).MaxBy(record => record.Revision)!;

    public static async Task<StubbedSteps> StartAsync()
    {
        var stubs = new StubbedSteps();
        await stubs.Engine.StartAsync();
        return stubs;
    }

    public StubbedSteps Answer<TIn, TOut>(ActivityName<TIn, TOut> step, Func<TIn, TOut> answer)
    {
        _answers[step.Name] = input => Task.FromResult(StubAnswers.Write(answer(JsonSerializer.Deserialize<TIn>(input, FlowJson.Compact)!)));
        return this;
    }

    /// <summary>One answer a call; the last one stays.</summary>
    public StubbedSteps AnswerInTurn<TIn, TOut>(ActivityName<TIn, TOut> step, params Func<TOut>[] answers)
    {
        int call = 0;
        return Answer(step, _ => answers[Math.Min(call++, answers.Length - 1)]());
    }

    public StubbedSteps Fail(string step, Failure failure)
    {
        _answers[step] = _ => throw new FlowException(failure);
        return this;
    }

    /// <summary>Fails so often, then answers as before.</summary>
    public StubbedSteps FailAtFirst(string step, Failure failure, int times)
    {
        Func<string, Task<string>> then = _answers[step];
        _answers[step] = input => times-- > 0 ? throw new FlowException(failure) : then(input);
        return this;
    }

    public IReadOnlyList<TIn> Inputs<TIn, TOut>(ActivityName<TIn, TOut> step) => Locked(() =>
        _calls.Where(call => call.Step == step.Name).Select(call => JsonSerializer.Deserialize<TIn>(call.Input, FlowJson.Compact)!).ToArray());

    /// <summary>When a step was called, as time since the first of all calls.</summary>
    public IReadOnlyList<TimeSpan> Times<TIn, TOut>(ActivityName<TIn, TOut> step) => Locked(() =>
        _calls.Where(call => call.Step == step.Name).Select(call => call.At - _calls[0].At).ToArray());

    /// <summary>Starts an instance and lets time pass until it has ended.</summary>
    public async Task<InstanceState> RunAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, string id, TIn input)
    {
        (await Engine.StartAsync(orchestration, id, input)).ShouldBeTrue();
        return await EndOfAsync(id);
    }

    /// <summary>Lets time pass until an instance has ended.</summary>
    public async Task<InstanceState> EndOfAsync(string id)
    {
        while (true)
        {
            await SettleAsync();
            InstanceState state = (await Engine.GetAsync(id)).ShouldNotBeNull();
            if (state.HasEnded)
            {
                return state;
            }

            await PassAsync();
        }
    }

    /// <summary>Lets time pass until the next timer.</summary>
    public Task PassAsync()
    {
        DateTimeOffset now = Clock.GetUtcNow();
        DateTimeOffset due = Engine.NextDue ?? throw new InvalidOperationException($"Somebody waits for what does not come; called were {string.Join(", ", Called)}");
        // The engine's timer counts whole milliseconds, rounded up.
        Clock.AdvanceTo(due > now ? due : now.AddMilliseconds(1));
        return SettleAsync();
    }

    /// <summary>Lets all that needs no time happen.</summary>
    public Task SettleAsync() => Engine.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> CallAsync(string step, string input)
    {
        lock (_gate)
        {
            _calls.Add((step, input, Clock.GetUtcNow()));
        }

        await Before(step);
        // As the product's steps that spend look for the mark of a cancelled run.
        return _cancelled is { } cancelled && StubAnswers.Spends(step) ? throw new FlowException(cancelled) : await _answers[step](input);
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }
}
