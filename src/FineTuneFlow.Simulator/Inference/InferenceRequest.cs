using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>A request for chat or text completion, read by hand: this is the hot path.</summary>
internal sealed class InferenceRequest
{
    public string? Model { get; private set; }

    public List<ChatMessage>? Messages { get; private set; }

    public List<string>? Prompts { get; private set; }

    public int? MaximumTokens { get; private set; }

    public double Temperature { get; private set; } = 1;

    public int Choices { get; private set; } = 1;

    public long? Seed { get; private set; }

    public List<string>? Stop { get; private set; }

    /// <summary>Chat: whether log-probabilities are asked for.</summary>
    public bool LogProbabilities { get; private set; }

    /// <summary>Alternatives asked for; for text completions null is none.</summary>
    public int? TopLogProbabilities { get; private set; }

    public static InferenceRequest Read(ReadOnlyMemory<byte> body)
    {
        var request = new InferenceRequest();
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ApiException(400, "The request body must be a JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                request.Take(name, ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new ApiException(400, "We could not parse the JSON body of your request, or a value has the wrong type.");
        }

        return request;
    }

    private void Take(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        switch (name)
        {
            case "model":
                Model = reader.GetString();
                break;
            case "messages":
                Messages = ReadMessages(ref reader);
                break;
            case "prompt":
                Prompts = ReadTexts(ref reader);
                break;
            case "max_tokens" or "max_completion_tokens":
                MaximumTokens = InRange(name, reader.GetInt32(), 1, 16_384);
                break;
            case "temperature":
                Temperature = InRange(name, reader.GetDouble(), 0, 2);
                break;
            case "n":
                Choices = InRange(name, reader.GetInt32(), 1, 128);
                break;
            case "seed":
                Seed = reader.GetInt64();
                break;
            case "stop":
                Stop = ReadTexts(ref reader);
                break;
            case "logprobs" when reader.TokenType == JsonTokenType.Number:
                TopLogProbabilities = InRange(name, reader.GetInt32(), 0, 5);
                break;
            case "logprobs":
                LogProbabilities = reader.GetBoolean();
                break;
            case "top_logprobs":
                TopLogProbabilities = InRange(name, reader.GetInt32(), 0, 20);
                break;
            case "stream" when reader.TokenType == JsonTokenType.True:
                throw ApiException.Invalid("stream", "The simulator does not stream: leave 'stream' out.");
            default:
                reader.Skip();
                break;
        }
    }

    private static T InRange<T>(string name, T value, T low, T high)
        where T : IComparable<T> => value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0
            ? value
            : throw ApiException.Invalid(name, $"Invalid value for '{name}': expected a value from {low} to {high}.");

    private static List<string> ReadTexts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }

        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(reader.GetString()!);
        }

        return texts;
    }

    private static List<ChatMessage> ReadMessages(ref Utf8JsonReader reader)
    {
        var messages = new List<ChatMessage>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string role = "";
            string content = "";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (name == "role")
                {
                    role = reader.GetString()!;
                }
                else if (name == "content" && reader.TokenType == JsonTokenType.StartArray)
                {
                    content = ReadParts(ref reader);
                }
                else if (name == "content" && reader.TokenType == JsonTokenType.String)
                {
                    content = reader.GetString()!;
                }
                else
                {
                    reader.Skip();
                }
            }

            messages.Add(new ChatMessage(role, content));
        }

        return messages;
    }

    private static string ReadParts(ref Utf8JsonReader reader)
    {
        string content = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool text = reader.ValueTextEquals("text"u8);
                reader.Read();
                if (text)
                {
                    content += reader.GetString();
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return content;
    }
}
