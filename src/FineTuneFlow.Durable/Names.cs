namespace FineTuneFlow.Durable;

/// <summary>An activity's name with the types it takes and gives: what a call is written with.</summary>
/// <param name="Name">As it stands in history; changing it breaks running instances.</param>
/// <param name="Retry">The policy used where a call gives none.</param>
public sealed record ActivityName<TIn, TOut>(string Name, RetryPolicy? Retry = null);

/// <summary>An orchestration's name with the types it takes and gives.</summary>
/// <param name="Name">As it stands in history.</param>
/// <param name="Version">Version of its code; an instance goes on with the version it began with. Compared as text.</param>
public sealed record OrchestrationName<TIn, TOut>(string Name, string Version = "1");

/// <summary>An external event's name with the type of its payload.</summary>
public sealed record EventName<T>(string Name);

/// <summary>For activities, orchestrations and events with nothing to give.</summary>
public sealed record Unit
{
    public static Unit Value { get; } = new();
}
