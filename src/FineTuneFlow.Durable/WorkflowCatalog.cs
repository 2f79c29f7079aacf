using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Durable;

/// <summary>Every orchestration and activity by name, with payloads as JSON: what an engine dispatches on.</summary>
public sealed class WorkflowCatalog
{
    /// <summary>By name, then version; a name may stand with several versions while instances of the older one still run.</summary>
    public ImmutableDictionary<(string Name, string Version), OrchestrationEntry> Orchestrations { get; private init; } =
        ImmutableDictionary<(string, string), OrchestrationEntry>.Empty;

    public ImmutableDictionary<string, ActivityEntry> Activities { get; private init; } = ImmutableDictionary<string, ActivityEntry>.Empty;

    public WorkflowCatalog With<TIn, TOut>(OrchestrationName<TIn, TOut> name, Func<IOrchestrationContext, TIn, Task<TOut>> run) => new()
    {
        Activities = Activities,
        Orchestrations = Orchestrations.Add(
            (name.Name, name.Version),
            new OrchestrationEntry(name.Name, name.Version, typeof(TIn), typeof(TOut), async (context, input) =>
                Payloads.Write(await run(context, Payloads.Read<TIn>(input))))
            {
                Typed = run,
            }),
    };

    public WorkflowCatalog With<TActivity, TIn, TOut>(ActivityName<TIn, TOut> name)
        where TActivity : class, IActivity<TIn, TOut> => With(name, services => services.GetRequiredService<TActivity>());

    public WorkflowCatalog With<TIn, TOut>(ActivityName<TIn, TOut> name, Func<IServiceProvider, IActivity<TIn, TOut>> make) => new()
    {
        Orchestrations = Orchestrations,
        Activities = Activities.Add(
            name.Name,
            new ActivityEntry(name.Name, typeof(TIn), typeof(TOut), async (services, input, cancellation) =>
                Payloads.Write(await make(services).RunAsync(Payloads.Read<TIn>(input), cancellation).ConfigureAwait(false)))
            {
                Typed = (Func<IServiceProvider, TIn, CancellationToken, Task<TOut>>)((services, input, cancellation) =>
                    make(services).RunAsync(input, cancellation)),
            }),
    };

    /// <summary>The same orchestrations with every activity changed: watched, slowed or replaced.</summary>
    public WorkflowCatalog WithEachActivity(Func<ActivityEntry, ActivityEntry> change) => new()
    {
        Orchestrations = Orchestrations,
        Activities = Activities.ToImmutableDictionary(entry => entry.Key, entry => change(entry.Value)),
    };
}

/// <summary>Inputs and results as history keeps them.</summary>
internal static class Payloads
{
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FlowJson.Compact)!;

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, FlowJson.Compact);
}

/// <param name="Name">As in history.</param>
/// <param name="Version">Of the code.</param>
/// <param name="Input">Type of the input.</param>
/// <param name="Output">Type of the result.</param>
/// <param name="Run">Takes and gives JSON.</param>
public sealed record OrchestrationEntry(string Name, string Version, Type Input, Type Output, Func<IOrchestrationContext, string, Task<string>> Run)
{
    public Func<IOrchestrationContext, string, Task<string>> Run
    {
        get;
        init => (field, Typed) = (value, null);
    } = Run;

    /// <summary>The same without JSON; null where <see cref="Run"/> was put in its place.</summary>
    internal Delegate? Typed { get; init; }

    /// <summary>For engines that keep payloads by themselves: nothing is written and read again on the way.</summary>
    public async Task<TOut> RunAsync<TIn, TOut>(IOrchestrationContext context, TIn input) =>
        // No ConfigureAwait(false): an orchestration goes on where its engine runs it.
        Typed is Func<IOrchestrationContext, TIn, Task<TOut>> typed ? await typed(context, input) : Payloads.Read<TOut>(await Run(context, Payloads.Write(input)));
}

/// <param name="Name">As in history.</param>
/// <param name="Input">Type of the input.</param>
/// <param name="Output">Type of the result.</param>
/// <param name="Run">Takes and gives JSON; the services are a scope of this one call.</param>
public sealed record ActivityEntry(string Name, Type Input, Type Output, Func<IServiceProvider, string, CancellationToken, Task<string>> Run)
{
    public Func<IServiceProvider, string, CancellationToken, Task<string>> Run
    {
        get;
        init => (field, Typed) = (value, null);
    } = Run;

    /// <inheritdoc cref="OrchestrationEntry.Typed"/>
    internal Delegate? Typed { get; init; }

    /// <inheritdoc cref="OrchestrationEntry.RunAsync"/>
    public async Task<TOut> RunAsync<TIn, TOut>(IServiceProvider services, TIn input, CancellationToken cancellation) =>
        Typed is Func<IServiceProvider, TIn, CancellationToken, Task<TOut>> typed
            ? await typed(services, input, cancellation).ConfigureAwait(false)
            : Payloads.Read<TOut>(await Run(services, Payloads.Write(input), cancellation).ConfigureAwait(false));
}
