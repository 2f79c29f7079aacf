using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>The messages of a chat request: roles that exist, contents of text.</summary>
internal static class MessageReading
{
    private const string Roles = "'system', 'assistant', 'user', 'function', 'tool', and 'developer'";

    /// <param name="reader">On the array.</param>
    /// <exception cref="ApiException">400: a role that does not exist or needs tools, a part that is not text.</exception>
    public static List<ChatMessage> Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw ApiException.Invalid("messages", "Invalid type for 'messages': expected an array of objects.");
        }

        var messages = new List<ChatMessage>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            messages.Add(One(ref reader, messages.Count));
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? messages
            : throw ApiException.Invalid($"messages[{messages.Count}]", $"Invalid type for 'messages[{messages.Count}]': expected an object.");
    }

    private static ChatMessage One(ref Utf8JsonReader reader, int index)
    {
        string? role = null;
        string? content = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "role":
                    role = reader.GetString();
                    break;
                case "content" when reader.TokenType == JsonTokenType.StartArray:
                    content = Parts(ref reader, index);
                    break;
                case "content" when reader.TokenType == JsonTokenType.String:
                    content = reader.GetString();
                    break;
                case "content" or "name" or "refusal" or "weight" or "tool_call_id" or "annotations":
                    reader.Skip();
                    break;
                case "tool_calls" or "function_call" or "audio":
                    throw KnownFields.Unsupported($"messages[{index}].{name}", "is not served by the simulator.");
                default:
                    throw KnownFields.Unknown($"messages[{index}].{name}");
            }
        }

        return role switch
        {
            null => throw new ApiException(400, $"Missing required parameter: 'messages[{index}].role'.", "missing_required_parameter", $"messages[{index}].role"),
            "tool" or "function" => throw ApiException.Invalid($"messages[{index}].role", $"Messages with role '{role}' must be a response to a preceding message with 'tool_calls'."),
            "system" or "developer" or "user" or "assistant" => new ChatMessage(role, content ?? (role == "assistant" ? "" : throw Missing(index))),
            _ => throw new ApiException(400, $"Invalid value: '{role}'. Supported values are: {Roles}.", "invalid_value", $"messages[{index}].role"),
        };
    }

    private static ApiException Missing(int index) =>
        new(400, $"Invalid value for 'content': expected a string, got null.", param: $"messages[{index}].content");

    private static string Parts(ref Utf8JsonReader reader, int index)
    {
        string content = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            using JsonDocument part = JsonDocument.ParseValue(ref reader);
            string? type = part.RootElement.OptionalString("type");
            content += type is "text" or null
                ? part.RootElement.OptionalString("text")
                : throw KnownFields.Unsupported($"messages[{index}].content", $"of type '{type}' is not served by the simulator.");
        }

        return content;
    }
}
