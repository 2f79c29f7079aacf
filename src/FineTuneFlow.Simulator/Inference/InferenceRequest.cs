using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>A request for chat or text completion, read by hand: this is the hot path.</summary>
internal sealed class InferenceRequest
{
    private static readonly HashSet<string> StreamOptions = ["include_usage", "include_obfuscation"];

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

    /// <summary>Nucleus sampling: the share of the likeliest tokens that are drawn from.</summary>
    public double TopP { get; private set; } = 1;

    /// <summary>Completions: the prompt stands before the answer.</summary>
    public bool Echo { get; private set; }

    public bool Stream { get; private set; }

    /// <summary>Streams end with a piece that tells the tokens.</summary>
    public bool StreamUsage { get; private set; }

    public string? ReasoningEffort { get; private set; }

    /// <summary>The fields that were given, by which models that think refuse some.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <param name="body">JSON.</param>
    /// <param name="chat">Chat, or a text completion.</param>
    /// <exception cref="ApiException">400: no JSON object, an unknown field, a value out of range or one that cannot be honoured.</exception>
    public static InferenceRequest Read(ReadOnlyMemory<byte> body, bool chat)
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
                request.Take(name, ref reader, chat);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new ApiException(400, "We could not parse the JSON body of your request, or a value has the wrong type.");
        }

        return request.Given.Contains("stream_options") && !request.Stream
            ? throw ApiException.Invalid("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
            : request;
    }

    private void Take(string name, ref Utf8JsonReader reader, bool chat)
    {
        bool absent = reader.TokenType == JsonTokenType.Null;
        if (!absent)
        {
            Given.Add(name);
        }

        switch (name)
        {
            case "model" or "temperature" or "top_p" or "n" or "seed" or "stop" or "stream" or "stream_options" or "max_tokens" or "logprobs" when absent:
            case "messages" or "top_logprobs" or "max_completion_tokens" or "reasoning_effort" when absent && chat:
            case "prompt" or "echo" when absent && !chat:
                break;
            case "model":
                Model = reader.GetString();
                break;
            case "messages" when chat:
                Messages = MessageReading.Read(ref reader);
                break;
            case "prompt" when !chat:
                Prompts = ReadTexts(ref reader);
                break;
            case "max_tokens":
            case "max_completion_tokens" when chat:
                MaximumTokens = InRange(name, reader.GetInt32(), 1, 32_768);
                break;
            case "temperature":
                Temperature = InRange(name, reader.GetDouble(), 0, 2);
                break;
            case "top_p":
                TopP = InRange(name, reader.GetDouble(), 0, 1);
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
                TopLogProbabilities = InRange(name, reader.GetInt32(), 0, chat ? 20 : 5);
                break;
            case "logprobs":
                LogProbabilities = reader.GetBoolean();
                break;
            case "top_logprobs" when chat:
                TopLogProbabilities = InRange(name, reader.GetInt32(), 0, 20);
                break;
            case "reasoning_effort" when chat:
                ReasoningEffort = reader.GetString();
                break;
            case "echo" when !chat:
                Echo = reader.GetBoolean();
                break;
            case "stream":
                Stream = reader.GetBoolean();
                break;
            case "stream_options":
                using (JsonDocument options = JsonDocument.ParseValue(ref reader))
                {
                    KnownFields.Check(options.RootElement, StreamOptions, "stream_options.");
                    StreamUsage = options.RootElement.TryGetProperty("include_usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.True;
                }

                break;
            default:
                using (JsonDocument value = JsonDocument.ParseValue(ref reader))
                {
                    ChatFields.Check(name, value.RootElement, chat);
                }

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
}
