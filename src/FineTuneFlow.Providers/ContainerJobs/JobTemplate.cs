using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>The template of one execution. What is sent with a start replaces the job's own template, so everything that an
/// execution's container may have (<c>JobExecutionContainer</c>: image, name, command, args, env with secrets by reference, resources)
/// is sent again with our environment added. Probes, volume mounts and what the service alone sets are refused there.</summary>
internal static class JobTemplate
{
    /// <summary>What infra/modules/baseline.bicep puts into a job until azd deploys the trainer's image.</summary>
    private const string Placeholder = "mcr.microsoft.com/azurelinux/base/core";
    private static readonly string[] Fields = ["image", "name", "command", "args", "env", "resources"];
    private static readonly string[] Resources = ["cpu", "memory"];

    /// <param name="job">As read from Resource Manager.</param>
    /// <param name="container">The container that does the work; null: the first.</param>
    /// <param name="environment">Put over what the container has.</param>
    /// <param name="image">Instead of the container's own; null: that one.</param>
    /// <exception cref="FlowException">InvalidInput: the job has no such container, or no image of a trainer yet.</exception>
    public static JsonObject Of(JsonNode job, string? container, IEnumerable<KeyValuePair<string, string>> environment, string? image = null)
    {
        JsonNode? template = job["properties"]?["template"];
        JsonArray containers = Sent(template?["containers"]);
        JsonObject worker = containers.OfType<JsonObject>().FirstOrDefault(one => container is null || one["name"]?.ToString() == container)
            ?? throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                container is null ? "The job's template has no container" : $"The job's template has no container \"{container}\"",
                "Check Baselines__Container and the job's template",
                Field: "Baselines__Container"));
        if (image is not null)
        {
            worker["image"] = image;
        }

        // It would end at once, successfully, and leave nothing: a failed training by its looks.
        if (worker["image"]?.ToString().StartsWith(Placeholder, StringComparison.Ordinal) == true)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "The container job holds the image it was made with, which trains nothing",
                "Deploy the trainer's image with 'azd deploy baseline' and start the run again",
                Field: "Baselines__Job"));
        }

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
            sent["initContainers"] = Sent(first);
        }

        return sent;
    }

    private static JsonArray Sent(JsonNode? containers) =>
        [.. ((containers as JsonArray) ?? []).OfType<JsonObject>().Select(container =>
        {
            JsonObject sent = Only(container, Fields);
            if (sent["resources"] is JsonObject resources)
            {
                sent["resources"] = Only(resources, Resources);
            }

            return sent;
        })];

    private static JsonObject Only(JsonObject of, string[] names) =>
        new(names.Where(name => of[name] is not null).Select(name => KeyValuePair.Create(name, of[name]?.DeepClone())));
}
