using System.Text.Json;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>The weights of a checkpoint's folder: one safetensors file, or several with an index.</summary>
public static class WeightFiles
{
    public const string Whole = "model.safetensors";
    public const string Index = "model.safetensors.index.json";

    /// <exception cref="FlowException">InvalidInput: no weights, or a shard that the index names is not there.</exception>
    public static Dictionary<string, WeightTensor> Read(string folder)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (string file in CheckWhole(folder))
        {
            foreach ((string name, WeightTensor tensor) in Safetensors.Read(Path.Combine(folder, file)))
            {
                tensors[name] = tensor;
            }
        }

        return tensors;
    }

    /// <summary>The files with the weights; all of them are there.</summary>
    /// <exception cref="FlowException">InvalidInput, as of <see cref="Read"/>.</exception>
    public static string[] CheckWhole(string folder)
    {
        if (File.Exists(Path.Combine(folder, Whole)))
        {
            return [Whole];
        }

        string index = Path.Combine(folder, Index);
        if (!File.Exists(index))
        {
            throw new FlowException(
                FailureKind.InvalidInput,
                $"{folder} is not a checkpoint: it has neither {Whole} nor {Index}",
                File.Exists(Path.Combine(folder, "pytorch_model.bin"))
                    ? "Convert pytorch_model.bin to safetensors, which holds numbers and no code"
                    : "Name a folder in Hugging Face's form: config.json, model.safetensors and the tokenizer's files");
        }

        string[] shards = Shards(File.ReadAllBytes(index));
        string[] missing = [.. shards.Where(shard => !File.Exists(Path.Combine(folder, shard)))];
        return missing.Length == 0
            ? shards
            : throw new FlowException(
                FailureKind.InvalidInput, $"The checkpoint is not whole: {missing.Length} of its {shards.Length} parts are missing, {missing[0]} among them", "Fetch the checkpoint again");
    }

    /// <summary>The file names that an index tells, each once.</summary>
    /// <exception cref="FlowException">InvalidInput: not an index, or a name that leads out of the folder.</exception>
    public static string[] Shards(byte[] index)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(index);
            string[] shards = [.. document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal)];
            return shards.All(shard => shard == Path.GetFileName(shard) && shard.EndsWith(".safetensors", StringComparison.Ordinal))
                ? shards
                : throw new FlowException(FailureKind.InvalidInput, $"{Index} names a file outside the checkpoint's folder", "Use another checkpoint");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{Index} of the checkpoint cannot be read", "Fetch the checkpoint again", error);
        }
    }
}
