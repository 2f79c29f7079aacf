using System.Text.Json;

namespace FineTuneFlow.Core.Json;

/// <summary>JSON may hold half a surrogate pair (<c>"\ud83d"</c>, half of an emoji) that no text can hold. The readers of documents decode a name or a
/// text only when it is asked for, which is too late to refuse what came.</summary>
public static class JsonTexts
{
    /// <summary>For documents in which a name that stands twice is an error: which of the two was meant, nobody knows, and nodes throw only when they are asked.</summary>
    public static JsonDocumentOptions EachNameOnce { get; } = new() { AllowDuplicateProperties = false };

    /// <summary>Decodes every name and text once.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="options">As the document is read.</param>
    /// <exception cref="JsonException">It is not JSON, or a name or text is not whole; with line and place, counted from 0.</exception>
    public static void AssertWhole(ReadOnlySpan<byte> json, JsonReaderOptions options = default)
    {
        var reader = new Utf8JsonReader(json, options);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException broken)
            {
                ReadOnlySpan<byte> before = json[..(int)reader.TokenStartIndex];
                throw new JsonException(
                    "A text holds half a surrogate pair (a broken \\u escape)", path: null, before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1, broken);
            }
        }
    }

    /// <summary>The members of an object but for those whose name is not whole.</summary>
    public static IEnumerable<JsonProperty> WholeMembers(this JsonElement value) => value.EnumerateObject().Where(HasWholeName);

    /// <summary>The last member of an object with this name; null where there is none, or where the value is no object. The document's own look-up
    /// throws where the name of another member is not whole.</summary>
    public static JsonElement? FindMember(this JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return value.TryGetProperty(name, out JsonElement member) ? member : null;
        }
        catch (InvalidOperationException)
        {
            return value.WholeMembers().Where(member => member.NameEquals(name)).Select(member => (JsonElement?)member.Value).LastOrDefault();
        }
    }

    private static bool HasWholeName(JsonProperty member)
    {
        try
        {
            return member.Name is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
