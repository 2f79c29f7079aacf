using FineTuneFlow.Core.Failures;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Durable;

/// <summary>The client that the function under way was bound with. Durable Functions gives clients to functions' parameters
/// only, while the handlers, which both hosts share, take theirs from the container.</summary>
public sealed class CurrentDurableClient
{
    private readonly AsyncLocal<DurableTaskClient?> _current = new();

    /// <exception cref="FlowException">Internal: asked outside of a function that has a client.</exception>
    public DurableTaskClient Value =>
        _current.Value ?? throw new FlowException(FailureKind.Internal, "no durable client in this function", "Give the function a [DurableClient] parameter");

    /// <summary>Makes the client the current one for what the caller awaits from here.</summary>
    public void Use(DurableTaskClient client) => _current.Value = client;
}
