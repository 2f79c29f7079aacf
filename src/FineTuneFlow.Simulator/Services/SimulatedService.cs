namespace FineTuneFlow.Simulator.Services;

/// <summary>How the simulator differs while it stands in for one service. OpenAI's own way is the default of everything.</summary>
internal sealed record SimulatedService
{
    /// <summary>As in the path: <c>/as/{name}/…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where its routes are.</summary>
    public required string Path { get; init; }

    /// <summary>Azure's habits: a file part needs a Content-Type, files and jobs are pending for a moment, no metadata filter, tuned
    /// models answer under a deployment's name only, keys also in the header api-key.</summary>
    public bool Azure { get; init; }

    /// <summary>Jobs come back with their metadata.</summary>
    public bool KeepsMetadata { get; init; } = true;

    /// <summary>Jobs come back with their suffix.</summary>
    public bool TellsSuffix { get; init; } = true;

    /// <summary>The one training tier it takes, in its own word; null: any, or none.</summary>
    public string? OnlyTier { get; init; }

    /// <summary>Supervised fine-tuning is offered; else its models are asked only.</summary>
    public bool Trains { get; init; } = true;

    /// <summary>Hyperparameters stand in the top-level object only, and fields that the service does not know are refused there.</summary>
    public bool FlatHyperparameters { get; init; }

    /// <summary>The learning rate that a multiplier of 1 stands for, where the service takes absolute rates.</summary>
    public double? RateOfOne { get; init; }

    /// <summary>Together's routes instead of <c>/fine_tuning/jobs</c>.</summary>
    public bool Together { get; init; }

    /// <summary>What it calls success; evidence beside it is the model's name and the time of the end.</summary>
    public string Succeeded { get; init; } = Jobs.JobStatus.Succeeded;

    /// <summary>Fields that a job's body must have besides the documented ones.</summary>
    public string[] NeededFields { get; init; } = [];

    public double? Multiplier(double? rate) => RateOfOne is { } one ? rate / one : rate;
}
