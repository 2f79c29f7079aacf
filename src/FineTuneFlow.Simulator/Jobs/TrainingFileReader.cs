using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Inference;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>Reads and checks a JSONL file as the services do. Messages name the line, never its text.</summary>
internal static class TrainingFileReader
{
    private const int LeastExamples = 10;
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];
    private static readonly string[] SpecialTokens =
        ["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>", "<|im_start|>", "<|im_end|>", "<|im_sep|>"];

    /// <exception cref="TrainingFileException">The first thing that is wrong.</exception>
    public static List<TrainingExample> Read(Stream stream, BaseModel model, string kind, CancellationToken ct)
    {
        string code = $"invalid_{kind}_file";
        var examples = new List<TrainingExample>();
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        int number = 0;
        try
        {
            while (reader.ReadLine() is { } line)
            {
                ct.ThrowIfCancellationRequested();
                number++;
                if (line.Length > 0)
                {
                    examples.Add(Example(line, model));
                }
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException or InvalidOperationException)
        {
            string reason = e switch
            {
                JsonException => "is not a JSON object",
                DecoderFallbackException => "is not valid UTF-8",
                FormatException => e.Message,
                _ => "holds a value of the wrong type",
            };
            throw new TrainingFileException(code, $"The job failed due to an invalid {kind} file. Line {Math.Max(number, 1)} {reason}.");
        }

        return kind != "training" || examples.Count >= LeastExamples
            ? examples
            : throw new TrainingFileException(
                "invalid_n_examples", $"The training file has {examples.Count} example(s), but must have at least {LeastExamples} examples.");
    }

    private static TrainingExample Example(string line, BaseModel model)
    {
        foreach (string special in SpecialTokens)
        {
            if (line.Contains(special, StringComparison.Ordinal))
            {
                throw new FormatException($"contains the special token {special}, which is not allowed in texts");
            }
        }

        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("is not a JSON object");
        }

        return model.Family == ModelFamily.Chat ? Chat(root, model.Id) : Completion(root, model.Id);
    }

    private static TrainingExample Completion(JsonElement root, string model)
    {
        if (root.TryGetProperty("messages", out _))
        {
            throw new FormatException("is in the chat format, but the model takes prompt and completion");
        }

        string prompt = Text(root, "prompt", "");
        string completion = Text(root, "completion", "");
        if (completion.Length == 0)
        {
            throw new FormatException("has an empty completion");
        }

        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name is not ("prompt" or "completion"))
            {
                throw new FormatException($"has an unexpected key '{property.Name}'");
            }
        }

        return new TrainingExample(prompt, completion, BilledTokens.Count(model, prompt) + BilledTokens.Count(model, completion) + 1);
    }

    private static TrainingExample Chat(JsonElement root, string model)
    {
        if (!root.TryGetProperty("messages", out JsonElement messages) || messages.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException(root.TryGetProperty("prompt", out _)
                ? "is in the prompt-completion format, but the model takes messages"
                : "has no list 'messages'");
        }

        var input = new StringBuilder();
        string? output = null;
        int tokens = FormTokens.PerChat;
        int index = 0;
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string path = $" in message {++index}";
            string role = Text(message, "role", path);
            if (!Roles.Contains(role))
            {
                throw new FormatException($"has an unknown role{path}");
            }

            string content = message.TryGetProperty("tool_calls", out _) ? "" : Text(message, "content", path);
            tokens += FormTokens.PerMessage + BilledTokens.Count(model, content);
            if (output is not null)
            {
                input.Append(output).Append('\n');
                output = null;
            }

            if (role == "assistant")
            {
                output = content;
            }
            else if (role is not ("system" or "developer"))
            {
                input.Append(input.Length > 0 ? "\n" : "").Append(content);
            }
        }

        return output is { Length: > 0 }
            ? new TrainingExample(input.ToString(), output, tokens)
            : throw new FormatException("does not end with a message of the assistant");
    }

    private static string Text(JsonElement from, string name, string path)
    {
        if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out JsonElement value))
        {
            throw new FormatException($"has no '{name}'{path}");
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"has a '{name}' that is not text{path}");
    }
}
