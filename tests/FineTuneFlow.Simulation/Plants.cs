using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>The faults that can be planted: <c>--plant NAME</c>. What finds each is told in docs/testing.md.</summary>
internal static class Plants
{
    private static readonly string Done = JsonSerializer.Serialize(Unit.Value, FlowJson.Compact);

    public static IReadOnlyList<Plant> All { get; } =
    [
        new("drop-intent", "The intent to create a job is not written")
        {
            Drops = (path, condition, _) => IsJobIntent(path) && IsConditional(condition),
        },
        new("unconditional-intent", "The intent to create a job is written whatever another host has written")
        {
            Unconditional = IsJobIntent,
        },
        new("skip-adoption", "The job that an earlier attempt has left is not looked for") { FindsJobs = false },
        new("no-grace", "Nobody waits for a request that may still be under way")
        {
            Rewrites = (path, content) => IsJobIntent(path) || IsChunkIntent(path) || IsBatch(path) || IsContainerStart(path)
                ? With(content, "at", "2020-01-01T00:00:00+00:00")
                : null,
        },
        new("record-unconditionally", "run.json is written whatever it says by now")
        {
            Steps = Step(nameof(RecordRun), async (services, input, _) =>
            {
                RunRecord record = JsonSerializer.Deserialize<RunRecord>(input, FlowJson.Compact)!;
                await services.GetRequiredService<IBlobStore>().WriteJsonAsync(RunPaths.Record(record.RunId), record);
                return Done;
            }),
        },
        new("no-removal-on-cancel", "A run that was cancelled removes no deployment")
        {
            Steps = Step(nameof(RemoveDeployment), async (services, input, product) =>
                await IsCancelledAsync(services, input) ? Done : await product()),
            HidesInLists = path => path.Name.Contains("/deployments/", StringComparison.Ordinal),
        },
        new("forget-deployment", "A deployment is not recorded before it is made")
        {
            Drops = (path, condition, _) => path.Name.Contains("/deployments/", StringComparison.Ordinal) && condition.OnlyIfAbsent,
        },
        new("deploy-blindly", "A late delivery of the deploying step does not look whether the evaluation has ended")
        {
            Steps = Step(nameof(DeployModel), async (services, input, product) =>
            {
                DeployModelInput asked = JsonSerializer.Deserialize<DeployModelInput>(input, FlowJson.Compact)!;
                IBlobStore store = services.GetRequiredService<IBlobStore>();
                if (!await store.ExistsAsync(RunPaths.Deployment(asked.RunId, asked.Candidate)))
                {
                    return await product();
                }

                ModelDeployment made = await services.GetRequiredService<IModelDeployments>().EnsureAsync(
                    asked.Provider, ModelDeployment.NameOf(asked.RunId, asked.Candidate), asked.Model);
                return made.State == DeploymentState.Ready
                    ? JsonSerializer.Serialize(new DeployedModel(made.Name, true), FlowJson.Compact)
                    : await product();
            }),
        },
        new("forget-price", "A deployment's price is not written down before its removal is asked for")
        {
            Rewrites = (path, content) => path.Name.Contains("/deployments/", StringComparison.Ordinal) && !Text(content).Contains("removedAt", StringComparison.Ordinal)
                ? With(content, "hourlyUsd", 0)
                : null,
        },
        new("no-claim", "A chunk of questions is asked by everybody to whom it is delivered")
        {
            Hides = IsChunkIntent, Unconditional = IsChunkIntent,
        },
        new("forget-answers", "What an attempt that broke off, or a batch, has answered is not looked for")
        {
            Hides = path => path.Name.Contains("/answers/", StringComparison.Ordinal) && !IsChunkIntent(path),
        },
        new("keep-slot", "The last job slot is not given back")
        {
            Drops = (path, _, content) => path.Name.StartsWith("_queues/", StringComparison.Ordinal) && Text(content) == "[]",
        },
        new("skip-orphans", "A run's end does not look for jobs whose creation lost its answer") { FindsJobsOfRuns = false },
        new("batch-twice", "The batch that an earlier attempt has left is not looked for, nor its intent")
        {
            FindsBatches = false, Hides = IsBatch, Unconditional = IsBatch,
        },
        new("container-twice", "The container that an earlier attempt has started is not looked for, nor its intent")
        {
            FindsContainers = false, Hides = IsContainerStart, Unconditional = IsContainerStart,
        },
        new("keep-renewed", "A renewed deployment's predecessor is not removed")
        {
            KeepsDeployments = name => name.StartsWith("serve-", StringComparison.Ordinal) && name.EndsWith("-1", StringComparison.Ordinal),
        },
        new("lose-events", "Events that an instance has not taken are lost when it continues as new") { ForgetsEvents = true },
    ];

    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static Plant Find(string name) => All.FirstOrDefault(plant => plant.Name == name)
        ?? throw new ArgumentException($"There is no planted fault {name}. There are {string.Join(", ", All.Select(plant => plant.Name))}.");

    private static Dictionary<string, PlantedStep> Step(string name, PlantedStep step) => new() { [name] = step };

    private static bool IsJobIntent(BlobPath path) => path.Name.Contains("/jobs/", StringComparison.Ordinal) && path.Name.EndsWith(".intent.json", StringComparison.Ordinal);

    private static bool IsChunkIntent(BlobPath path) => path.Name.Contains("/answers/", StringComparison.Ordinal) && path.Name.EndsWith(".intent.json", StringComparison.Ordinal);

    private static bool IsBatch(BlobPath path) => path.Name.Contains("/batches/", StringComparison.Ordinal) && path.Name.Contains("/batch-", StringComparison.Ordinal);

    private static bool IsContainerStart(BlobPath path) => path.Name.Contains("/baselines/", StringComparison.Ordinal) && path.Name.Contains(".start-", StringComparison.Ordinal);

    private static bool IsConditional(WriteCondition condition) => condition.OnlyIfAbsent || condition.IfMatch is not null;

    private static async Task<bool> IsCancelledAsync(IServiceProvider services, string input)
    {
        RemoveDeploymentInput asked = JsonSerializer.Deserialize<RemoveDeploymentInput>(input, FlowJson.Compact)!;
        return await services.GetRequiredService<IBlobStore>().ExistsAsync(RunPaths.Cancellation(asked.RunId));
    }

    private static string Text(byte[] content) => Encoding.UTF8.GetString(content).Replace(" ", "", StringComparison.Ordinal);

    private static byte[] With(byte[] content, string property, JsonNode value)
    {
        JsonObject changed = JsonNode.Parse(content)!.AsObject();
        changed[property] = value;
        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }
}
