using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Reads the conversation of OpenAI's chat training files: what was said before the last answer of the assistant is the text,
/// that answer is the label. The system's message is the same in every line and says nothing about a row.</summary>
internal static class ChatMessages
{
    /// <param name="reader">At the property name; behind the value where it is a conversation, else as it was.</param>
    /// <param name="asked">What was said before the last answer.</param>
    /// <param name="answered">The last answer.</param>
    public static bool TryRead(ref Utf8JsonReader reader, out string asked, out string answered)
    {
        Utf8JsonReader ahead = reader;
        var said = new List<(string Role, string Content)>();
        (asked, answered) = ("", "");
        if (!ahead.Read() || ahead.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (ahead.Read() && ahead.TokenType == JsonTokenType.StartObject)
        {
            using JsonDocument message = JsonDocument.ParseValue(ref ahead);
            if (message.RootElement.FindMember("role") is not { ValueKind: JsonValueKind.String } role)
            {
                return false;
            }

            said.Add((LoneSurrogates.Text(role), message.RootElement.FindMember("content") is { } content ? Text(content) : ""));
        }

        int last = said.FindLastIndex(message => message.Role == "assistant");
        if (ahead.TokenType != JsonTokenType.EndArray || last < 0)
        {
            return false;
        }

        asked = string.Join("\n\n", said.Take(last).Where(message => message.Role is not ("system" or "developer")).Select(message => message.Content));
        answered = said[last].Content;
        reader = ahead;
        return true;
    }

    /// <summary>A string, or the texts of a list of parts.</summary>
    private static string Text(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => LoneSurrogates.Text(content),
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
            part.FindMember("text") is { ValueKind: JsonValueKind.String } text ? LoneSurrogates.Text(text) : "")),
        _ => "",
    };
}
