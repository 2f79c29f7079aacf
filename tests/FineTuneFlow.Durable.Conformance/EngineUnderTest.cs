namespace FineTuneFlow.Durable.Conformance;

/// <summary>An engine as the facts see it. The flags say where engines may differ: together they are what an orchestration must not
/// rely on.</summary>
public abstract class EngineUnderTest : IAsyncDisposable
{
    /// <summary>After the start.</summary>
    public IDurableClient Client { get; protected set; } = null!;

    /// <summary>Of several who start one id at one time, each is told whether it was the one who did.</summary>
    public virtual bool TellsWhoStarted => true;

    /// <summary>A terminated instance's children are terminated with it.</summary>
    public virtual bool TerminatesChildren => true;

    /// <summary>A failed instance can be rewound: its failed step is run again.</summary>
    public virtual bool Rewinds => true;

    /// <summary>The code runs from its start at every turn; an engine that keeps it in memory between turns runs it again only after a
    /// restart, or when it has become cold.</summary>
    public virtual bool ReplaysAtEveryTurn => true;

    /// <summary>How much too early a timer may fire.</summary>
    public virtual TimeSpan TimersRoundedDownBy => TimeSpan.Zero;

    /// <summary>Whether an event that an instance sends to itself when it continues as new arrives. Every engine that we run on keeps
    /// it; a test package's backend may not.</summary>
    public virtual Task<bool> KeepsEventsAsync() => Task.FromResult(true);

    public abstract EngineUnderTest With<TIn, TOut>(OrchestrationName<TIn, TOut> name, Func<IOrchestrationContext, TIn, Task<TOut>> run);

    public abstract EngineUnderTest With<TIn, TOut>(ActivityName<TIn, TOut> name, Func<TIn, Task<TOut>> run);

    public abstract Task<EngineUnderTest> StartAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Waits for the end of an instance.</summary>
    public Task<InstanceState> EndAsync(string id) => UntilAsync(id, state => state.HasEnded);

    /// <summary>Waits until an instance's status says the given word.</summary>
    public Task StatusAsync(string id, string word) => UntilAsync(id, state => state.CustomStatus?.GetValue<string>() == word);

    /// <summary>Waits until an instance is as asked.</summary>
    public async Task<InstanceState> UntilAsync(string id, Func<InstanceState, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (await Client.GetAsync(id, patience.Token) is { } state && condition(state))
            {
                return state;
            }

            await tick.WaitForNextTickAsync(patience.Token);
        }
    }
}
