using System.Text.Json;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>How a service's fine-tuning routes are spoken: OpenAI's shape, or Together's.</summary>
internal interface IJobWire
{
    /// <summary>Of the list of jobs, relative to the base address; a job is one segment below it.</summary>
    string Route { get; }

    /// <summary>A fine-tune is continued by the id of the job that made it, not by its own name.</summary>
    bool ContinuesByJob { get; }

    /// <summary>The body of a job's creation.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="continuedJob">The job that made the model that is continued, where <see cref="ContinuesByJob"/>.</param>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: the request asks for what the service does not have.</exception>
    BinaryData Body(JobRequest request, string? continuedJob);

    /// <summary>Null where there is not even an id.</summary>
    ProviderJob? Job(JsonElement job);

    /// <summary>Null where no model is named.</summary>
    JobCheckpoint? Checkpoint(JsonElement checkpoint);
}
