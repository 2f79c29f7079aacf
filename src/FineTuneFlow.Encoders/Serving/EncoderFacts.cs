using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>What a trained encoder's folder tells of itself, in <c>encoder.json</c>.</summary>
public sealed record EncoderFacts
{
    public const string FileName = "encoder.json";

    /// <summary>The exported model in single precision.</summary>
    public const string ExactModel = "model.onnx";

    /// <summary>The same with weights of eight bits.</summary>
    public const string QuantisedModel = "model.int8.onnx";

    /// <summary>Of the file's form.</summary>
    public int Version { get; init; } = 1;
    /// <summary>Which of the exported models answers.</summary>
    public required string Serve { get; init; }
    /// <summary>In the order of the logits.</summary>
    public required ImmutableArray<string> Labels { get; init; }
    /// <summary>Longer texts are cut off; in pieces.</summary>
    public required int MaxLength { get; init; }
    /// <summary>What was fine-tuned, and its licence where that is known.</summary>
    public required string BaseModel { get; init; }
    public string? Licence { get; init; }
    public int TrainRows { get; init; }
    public int ValidationRows { get; init; }
    /// <summary>Share of the validation rows that the model in single precision answers rightly; null without such rows.</summary>
    public double? ValidationAccuracy { get; init; }
    /// <summary>The same of the model with weights of eight bits.</summary>
    public double? QuantisedAccuracy { get; init; }
    /// <summary>The largest difference between a logit of the exported model and the trainer's own.</summary>
    public double ExportDifference { get; init; }
    public int Seed { get; init; }
    public DateTimeOffset TrainedAt { get; init; }

    /// <exception cref="FlowException">InvalidInput: not the folder of a trained encoder.</exception>
    public static EncoderFacts Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"{folder} does not hold a trained encoder: there is no {FileName}", "Name a folder that the trainer has written, such as models/PROJECT/v1");
        }

        try
        {
            return JsonSerializer.Deserialize<EncoderFacts>(File.ReadAllBytes(file), FlowJson.Compact)
                ?? throw new JsonException("empty");
        }
        catch (JsonException error)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{FileName} of {folder} cannot be read", "Take the folder from the run again", error);
        }
    }

    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, FlowJson.Indented));
}
