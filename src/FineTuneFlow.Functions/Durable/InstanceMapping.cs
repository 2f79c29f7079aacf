using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Durable Functions' metadata of an instance in the workflow's terms.</summary>
internal static class InstanceMapping
{
    /// <summary>Ids of what a run starts begin with the run's id and a colon; ids of runs hold none.</summary>
    public static bool IsRoot(string instanceId) => !instanceId.Contains(':', StringComparison.Ordinal);

    public static InstanceState State(OrchestrationMetadata metadata)
    {
        InstanceStatus status = Status(metadata.RuntimeStatus);
        bool ended = status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;
        return new InstanceState
        {
            InstanceId = metadata.InstanceId,
            Orchestration = metadata.Name,
            Version = metadata.Tags.GetValueOrDefault(InstanceTags.Version, ""),
            Status = status,
            CreatedAt = metadata.CreatedAt,
            UpdatedAt = metadata.LastUpdatedAt,
            // The last update of an ended instance is its end.
            EndedAt = ended ? metadata.LastUpdatedAt : null,
            ParentId = metadata.Tags.GetValueOrDefault(InstanceTags.Parent) ?? Ancestor(metadata.InstanceId),
            Input = Json(metadata.SerializedInput),
            Output = status == InstanceStatus.Completed ? Json(metadata.SerializedOutput) : null,
            CustomStatus = Json(metadata.SerializedCustomStatus),
            Failure = FailureOfInstance(metadata, status),
        };
    }

    public static InstanceStatus Status(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => InstanceStatus.Pending,
        OrchestrationRuntimeStatus.Suspended => InstanceStatus.Suspended,
        OrchestrationRuntimeStatus.Completed => InstanceStatus.Completed,
        OrchestrationRuntimeStatus.Failed => InstanceStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => InstanceStatus.Terminated,
        // ContinuedAsNew is seen for a moment between two executions of one instance.
        _ => InstanceStatus.Running,
    };

    public static OrchestrationRuntimeStatus Status(InstanceStatus status) => status switch
    {
        InstanceStatus.Pending => OrchestrationRuntimeStatus.Pending,
        InstanceStatus.Suspended => OrchestrationRuntimeStatus.Suspended,
        InstanceStatus.Completed => OrchestrationRuntimeStatus.Completed,
        InstanceStatus.Failed => OrchestrationRuntimeStatus.Failed,
        InstanceStatus.Terminated => OrchestrationRuntimeStatus.Terminated,
        _ => OrchestrationRuntimeStatus.Running,
    };

    /// <summary>The JSON, or the text as a JSON string where it is none: a backend's own words, such as a reason.</summary>
    public static JsonNode? Json(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string? Ancestor(string instanceId) => IsRoot(instanceId) ? null : instanceId[..instanceId.IndexOf(':', StringComparison.Ordinal)];

    // Some backends give the failure as details, others as the output's text.
    private static Failure? FailureOfInstance(OrchestrationMetadata metadata, InstanceStatus status) => status switch
    {
        InstanceStatus.Failed when metadata.FailureDetails is { } details => FailureOf.Details(details, metadata.Name),
        InstanceStatus.Failed => FailureText.Read(metadata.SerializedOutput) ?? FailureOf.Foreign("", metadata.Name),
        InstanceStatus.Terminated => new Failure(FailureKind.Cancelled, $"{metadata.Name} was terminated"),
        _ => null,
    };
}
