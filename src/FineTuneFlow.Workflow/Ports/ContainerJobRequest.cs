using FineTuneFlow.Workflow.Containers;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>A baseline to train in a container. Run, baseline and attempt are its identity.</summary>
public sealed record ContainerJobRequest
{
    public required string RunId { get; init; }
    public required string Baseline { get; init; }
    /// <summary>From 1; higher where an earlier execution never began or was interrupted.</summary>
    public int Attempt { get; init; } = 1;
    /// <summary>The model to fine-tune, such as distilbert-base-cased.</summary>
    public required string Model { get; init; }
    public required int Epochs { get; init; }
    /// <summary>True: an encoder, trained by the product's own trainer; false: whatever the container makes.</summary>
    public bool IsEncoder { get; init; }
    /// <summary>What an encoder's recipe says beyond the above.</summary>
    public EncoderSettings Encoder { get; init; } = new();
    /// <summary>Folder of the encoder's files to go on from; null: from the model as published.</summary>
    public BlobPath? ContinueFrom { get; init; }
    /// <summary>Instead of the image of the job; null: the job's own.</summary>
    public string? Image { get; init; }
    public required int Seed { get; init; }
    /// <summary>Rows <c>{id, text, label}</c>, JSON lines.</summary>
    public required BlobPath Train { get; init; }
    /// <summary>As <see cref="Train"/>.</summary>
    public required BlobPath Validation { get; init; }
    /// <summary>The judged rows <c>{id, text}</c> without labels (<see cref="ContainerTexts"/>): a container never sees the answers.</summary>
    public required BlobPath Texts { get; init; }
    /// <summary>A JSON list of the labels, worst to best where they are ordered.</summary>
    public required BlobPath Labels { get; init; }
    /// <summary>Folder (a name without a slash at its end) that the outputs go into; nothing else lies there.</summary>
    public required BlobPath Output { get; init; }

    /// <summary>Where it is recorded that this attempt was started: beside the output folder, which holds nothing but outputs.</summary>
    public BlobPath StartRecord => BlobPath.Of(Output.Container, $"{Output.Name}.start-{Attempt}.json");

    /// <summary>Where an output file lies.</summary>
    public BlobPath OutputFile(string file) => BlobPath.Of(Output.Container, $"{Output.Name}/{file}");
}
