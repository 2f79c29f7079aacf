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
                Write(await run(context, Read<TIn>(input))))),
    };

    public WorkflowCatalog With<TActivity, TIn, TOut>(ActivityName<TIn, TOut> name)
        where TActivity : class, IActivity<TIn, TOut> => With(name, services => services.GetRequiredService<TActivity>());

    public WorkflowCatalog With<TIn, TOut>(ActivityName<TIn, TOut> name, Func<IServiceProvider, IActivity<TIn, TOut>> make) => new()
    {
        Orchestrations = Orchestrations,
        Activities = Activities.Add(
            name.Name,
            new ActivityEntry(name.Name, typeof(TIn), typeof(TOut), async (services, input, cancellation) =>
                Write(await make(services).RunAsync(Read<TIn>(input), cancellation).ConfigureAwait(false)))),
    };

    /// <summary>The same orchestrations with every activity changed: watched, slowed or replaced.</summary>
    public WorkflowCatalog WithEachActivity(Func<ActivityEntry, ActivityEntry> change) => new()
    {
        Orchestrations = Orchestrations,
        Activities = Activities.ToImmutableDictionary(entry => entry.Key, entry => change(entry.Value)),
    };

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FlowJson.Compact)!;

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, FlowJson.Compact);
}

/// <param name="Name">As in history.</param>
/// <param name="Version">Of the code.</param>
/// <param name="Input">Type of the input.</param>
/// <param name="Output">Type of the result.</param>
/// <param name="Run">Takes and gives JSON.</param>
public sealed record OrchestrationEntry(string Name, string Version, Type Input, Type Output, Func<IOrchestrationContext, string, Task<string>> Run);

/// <param name="Name">As in history.</param>
/// <param name="Input">Type of the input.</param>
/// <param name="Output">Type of the result.</param>
/// <param name="Run">Takes and gives JSON; the services are a scope of this one call.</param>
public sealed record ActivityEntry(string Name, Type Input, Type Output, Func<IServiceProvider, string, CancellationToken, Task<string>> Run);
