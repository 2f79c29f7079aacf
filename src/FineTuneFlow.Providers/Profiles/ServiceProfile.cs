using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>What a service calls things and which of them it has. The built-in ones are the JSON files of this folder; settings
/// under <c>Providers__{name}__Profile</c> override them value by value.</summary>
public sealed record ServiceProfile
{
    /// <summary>Of the built-in profile: openai, azure, foundry, nebius, bedrock-mantle, gateway, together, simulator.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of provider that it implies where settings name none.</summary>
    public required ProviderKind Kind { get; init; }

    /// <summary>The section of the price book and of the model book where settings name none.</summary>
    public required string PriceKey { get; init; }

    /// <summary>Where the service is; null: every customer has an address of their own.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The service's own page of fine-tuning jobs, for people; null: it has none that all its customers share.</summary>
    public Uri? Page { get; init; }

    /// <summary>The day on which the facts were collected.</summary>
    public required DateOnly AsOf { get; init; }

    public JobWireFormat Wire { get; init; } = JobWireFormat.OpenAI;

    /// <summary>Supervised fine-tuning is offered; else its models can only be asked.</summary>
    public bool Trains { get; init; } = true;

    /// <summary>Jobs come back with the metadata that they were created with.</summary>
    public bool KeepsMetadata { get; init; } = true;

    /// <summary>The list of jobs can be narrowed by metadata.</summary>
    public bool FiltersByMetadata { get; init; } = true;

    public bool TakesSeed { get; init; } = true;

    /// <summary>How many of a job's newest checkpoints can be asked, the finished model among them; 0 and 1: only that one.</summary>
    public int ServedCheckpoints { get; init; } = 3;

    /// <summary>There is a Batch API.</summary>
    public bool Batches { get; init; } = true;

    /// <summary>Characters of a job's suffix, at most.</summary>
    public int SuffixLength { get; init; } = 40;

    public HyperparameterFields Hyperparameters { get; init; } = new();

    /// <summary>Name of the body's field for the training tier; null: the service has no tiers.</summary>
    public string? TierField { get; init; }

    /// <summary>The service's word for each tier that it offers.</summary>
    public ImmutableSortedDictionary<TrainingTier, string> Tiers { get; init; } = ImmutableSortedDictionary<TrainingTier, string>.Empty;

    /// <summary>The tier where neither recipe nor settings name one.</summary>
    public TrainingTier? DefaultTier { get; init; }

    /// <summary>States that the service calls otherwise than OpenAI does: its word, in lower case, and what it means.</summary>
    public ImmutableSortedDictionary<string, JobState> States { get; init; } = ImmutableSortedDictionary<string, JobState>.Empty;

    /// <summary>Fields that the service wants in the body of a job's creation besides ours: name and JSON value.</summary>
    public ImmutableSortedDictionary<string, string> BodyFields { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>An uploaded file must be waited for before a job may use it.</summary>
    public bool ProcessesFiles { get; init; }

    /// <summary>Uploaded training files begin with a UTF-8 byte order mark.</summary>
    public bool ByteOrderMark { get; init; }

    /// <summary>A chat question's limit of the answer: <c>max_completion_tokens</c> or <c>max_tokens</c>.</summary>
    public string AnswerLimitField { get; init; } = "max_tokens";

    /// <summary>A chat question's <c>logprobs</c> is the number of alternatives, not true.</summary>
    public bool CountsLogProbabilities { get; init; }

    /// <summary>Where files are uploaded, relative to the base address.</summary>
    public string UploadRoute { get; init; } = "files";

    /// <summary>How and whether fine-tunes are deployed; null: they answer by themselves.</summary>
    public DeploymentProfile? Deployment { get; init; }
}

/// <summary>The shape of a service's fine-tuning routes.</summary>
public enum JobWireFormat
{
    /// <summary><c>fine_tuning/jobs</c>.</summary>
    OpenAI,

    /// <summary><c>fine-tunes</c>, by Together's own documentation.</summary>
    Together,
}
