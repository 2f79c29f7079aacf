using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>The template of one execution. What is sent with a start replaces the job's own template, so everything of the job
/// (image, resources, its environment with secrets by reference, volumes) is sent again with ours added.</summary>
internal static class JobTemplate
{
    /// <param name="job">As read from Resource Manager.</param>
    /// <param name="container">The container that does the work; null: the first.</param>
    /// <param name="environment">Put over what the container has.</param>
    /// <exception cref="FlowException">InvalidInput: the job has no such container.</exception>
    public static JsonObject Of(JsonNode job, string? container, IEnumerable<KeyValuePair<string, string>> environment)
    {
        JsonNode? template = job["properties"]?["template"];
        var containers = (template?["containers"] as JsonArray)?.DeepClone() as JsonArray ?? [];
        JsonObject worker = containers.OfType<JsonObject>().FirstOrDefault(one => container is null || one["name"]?.ToString() == container)
            ?? throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                container is null ? "The job's template has no container" : $"The job's template has no container \"{container}\"",
                "Check Baselines__Container and the job's template",
                Field: "Baselines__Container"));
        var env = worker["env"] as JsonArray ?? [];
        foreach ((string name, string value) in environment)
        {
            foreach (JsonNode? old in env.Where(entry => entry?["name"]?.ToString() == name).ToList())
            {
                env.Remove(old);
            }

            env.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }

        worker["env"] = env.Parent is null ? env : env.DeepClone();
        var sent = new JsonObject { ["containers"] = containers };
        if (template?["initContainers"] is JsonArray { Count: > 0 } first)
        {
            sent["initContainers"] = first.DeepClone();
        }

        return sent;
    }
}
