using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Why a message is not taken.</summary>
internal static class Refusal
{
    /// <summary>The engine's end came first; an error that says so itself is passed on.</summary>
    public static FlowException Lost(Exception? error) => error as FlowException ?? new FlowException(
        FailureKind.Unavailable, "The engine has stopped before this was stored", "Start the host again and repeat the call", error);

    public static FlowException HasEnded(string id, InstanceStatus status) => new(
        FailureKind.Conflict, $"{id} has ended ({status}) and takes nothing any more", "Rewind it if it failed, or start another instance");
}
