using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>A fault planted on purpose, to see whether the simulation finds it: it stands between the product and its ports, or in the
/// place of one of its steps, so that the product itself has no switch for it.</summary>
internal sealed record Plant(string Name, string What)
{
    /// <summary>Everything as it should be.</summary>
    public static Plant None { get; } = new("", "");

    /// <summary>Blobs that hosts do not see when they read.</summary>
    public Func<BlobPath, bool> Hides { get; init; } = static _ => false;

    /// <summary>Blobs that hosts do not see when they list.</summary>
    public Func<BlobPath, bool> HidesInLists { get; init; } = static _ => false;

    /// <summary>Writes that are answered and not done.</summary>
    public Func<BlobPath, WriteCondition, byte[], bool> Drops { get; init; } = static (_, _, _) => false;

    /// <summary>Writes that are done whatever their condition says.</summary>
    public Func<BlobPath, bool> Unconditional { get; init; } = static _ => false;

    /// <summary>What is written instead; null: what was meant to be.</summary>
    public Func<BlobPath, byte[], byte[]?> Rewrites { get; init; } = static (_, _) => null;

    /// <summary>False: the look-up of a candidate's job finds nothing.</summary>
    public bool FindsJobs { get; init; } = true;

    /// <summary>False: the look-up of all jobs of a run finds nothing.</summary>
    public bool FindsJobsOfRuns { get; init; } = true;

    /// <summary>False: the look-up of a batch finds nothing.</summary>
    public bool FindsBatches { get; init; } = true;

    /// <summary>False: the look-up of a container finds nothing.</summary>
    public bool FindsContainers { get; init; } = true;

    /// <summary>Deployments whose removal is answered and not done.</summary>
    public Func<string, bool> KeepsDeployments { get; init; } = static _ => false;

    /// <summary>Steps in the place of the product's, by name.</summary>
    public IReadOnlyDictionary<string, PlantedStep> Steps { get; init; } = new Dictionary<string, PlantedStep>();

    /// <summary>The engine forgets, when an instance continues as new, the events that it has not taken.</summary>
    public bool ForgetsEvents { get; init; }
}

/// <summary>A step in the place of the product's.</summary>
/// <param name="services">Of the host.</param>
/// <param name="input">JSON.</param>
/// <param name="product">The product's own step.</param>
internal delegate Task<string> PlantedStep(IServiceProvider services, string input, Func<Task<string>> product);
