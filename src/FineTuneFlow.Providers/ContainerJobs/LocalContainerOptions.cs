using System.Collections.Immutable;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>A program on this machine that keeps to the container's contract.</summary>
public sealed record LocalContainerOptions
{
    /// <summary>The program and its arguments.</summary>
    public required ImmutableArray<string> Command { get; init; }
    /// <summary>Where inputs, outputs and state of each execution lie.</summary>
    public required string WorkFolder { get; init; }
    /// <summary>The command is the product's own trainer, which trains encoders and nothing else.</summary>
    public bool IsTrainer { get; init; }
    /// <summary>The machine's name in the price book.</summary>
    public string Machine { get; init; } = "local";
}
