using System.Text.Json;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Tells JSON that is not one object a line by the form in which its rows stand, so that the message can say how to turn it
/// into lines.</summary>
internal static class JsonForm
{
    private const string PandasLines = "df.to_json(\"rows.jsonl\", orient=\"records\", lines=True)";

    /// <returns>Null where it may be JSON lines or is not JSON.</returns>
    public static (string What, string Remedy)? Of(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> start = head.TrimStart(" \t\r\n"u8);
        if (start.StartsWith("["u8) && start[1..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..])
        {
            return ("one JSON array", "Write one object a line: jq -c '.[]' FILE > rows.jsonl");
        }

        if (start.StartsWith("{'"u8))
        {
            return ("dictionaries as Python prints them, not JSON", "Write each row by json.dumps(row) instead of str(row)");
        }

        return start.StartsWith("{"u8) ? Object(start) : Lines(start);
    }

    /// <summary>Lines that CSV would be made of, cut at their commas: lists, and objects below a line that is none.</summary>
    private static (string What, string Remedy)? Lines(ReadOnlySpan<byte> start)
    {
        int line = start.IndexOfAny((byte)'\n', (byte)'\r');
        if (line < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> next = start[line..].TrimStart(" \t\r\n"u8);
        int end = next.IndexOfAny((byte)'\n', (byte)'\r');
        next = end < 0 ? next : next[..end];
        return (IsWhole(start[..line], JsonTokenType.StartArray), IsWhole(next, JsonTokenType.StartArray), IsWhole(next, JsonTokenType.StartObject)) switch
        {
            (true, true, _) => ("one JSON list a line", "Write one object a line: jq -c '{text: .[0], label: .[1]}' FILE > rows.jsonl"),
            (_, _, true) => ("JSON lines below a line that is not JSON", "Take the first line away: tail -n +2 FILE > rows.jsonl"),
            _ => null,
        };
    }

    private static bool IsWhole(ReadOnlySpan<byte> line, JsonTokenType first)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != first)
            {
                return false;
            }

            int values = 0;
            while (reader.Read())
            {
                values += reader.CurrentDepth == 1 && reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject) ? 1 : 0;
            }

            return values > 1;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (string What, string Remedy)? Object(ReadOnlySpan<byte> start)
    {
        int line = start.IndexOfAny((byte)'\n', (byte)'\r');
        bool single = line < 0 || start[line..].IndexOfAnyExcept(" \t\r\n"u8) < 0;
        bool spread = line >= 0 && start[1..line].IndexOfAnyExcept(" \t"u8) < 0;
        if (!single && !spread)
        {
            return null;
        }

        try
        {
            if (Rows(start) is { } form)
            {
                return form;
            }
        }
        catch (JsonException)
        {
            // Then the ordinary reading says what is wrong, and where.
        }

        return spread ? ("JSON whose objects go over several lines", "Write one object a line: jq -c . FILE > rows.jsonl") : null;
    }

    /// <summary>The form of an only object, by its first members.</summary>
    private static (string What, string Remedy)? Rows(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        if (!reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        string first = LoneSurrogates.Text(ref reader);
        if (!reader.Read())
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            bool byColumn = reader.Read() && reader.TokenType == JsonTokenType.PropertyName && IsNumber(LoneSurrogates.Text(ref reader));
            return byColumn || IsNumber(first)
                ? (byColumn ? "JSON by columns, as pandas' to_json writes it" : "JSON with rows under their index, as pandas' to_json writes it", $"Write one object a line: {PandasLines}")
                : null;
        }

        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
        {
            return null;
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartObject when first != "messages" => ($"one JSON object that holds the rows in \"{first}\"", $"Write one object a line: jq -c '.\"{first}\"[]' FILE > rows.jsonl"),
            JsonTokenType.StartArray => ("one JSON object that holds the rows as lists", $"Write one object a line: {PandasLines}"),
            JsonTokenType.String or JsonTokenType.Number when SecondIsArray(ref reader) => ("JSON by columns", $"Write one object a line: {PandasLines}"),
            _ => null,
        };
    }

    private static bool SecondIsArray(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // The rest of the first column.
        }

        return reader.TokenType == JsonTokenType.EndArray && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.Read() && reader.TokenType == JsonTokenType.StartArray;
    }

    private static bool IsNumber(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);
}
