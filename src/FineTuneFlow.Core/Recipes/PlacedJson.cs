using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A JSON value that knows where it stands, which JsonDocument does not tell.</summary>
/// <param name="Kind">True and False stand for both truth values.</param>
/// <param name="Path">From the root, such as <c>candidates[1].epochs</c>; empty for the root.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">Characters, from 1.</param>
/// <param name="Text">The string's value, or the number as written.</param>
internal sealed record PlacedJson(JsonValueKind Kind, string Path, int Line, int Column, string Text = "")
{
    public ImmutableArray<PlacedMember> Members { get; init; } = [];

    public ImmutableArray<PlacedJson> Items { get; init; } = [];

    /// <summary>The member of that name, or null.</summary>
    public PlacedJson? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Value;
}

/// <summary>A property: its name, where the name stands, and its value.</summary>
internal sealed record PlacedMember(string Name, int Line, int Column, PlacedJson Value);

/// <summary>Reads JSON with comments and trailing commas into <see cref="PlacedJson"/>.</summary>
internal ref struct PlacedJsonParser
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    private PlacedJsonParser(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <param name="json">Valid UTF-8 without a byte order mark.</param>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static PlacedJson Parse(ReadOnlySpan<byte> json)
    {
        var parser = new PlacedJsonParser(json);
        parser._reader.Read();
        PlacedJson root = parser.Value("");
        // Anything but comments after the value throws here.
        parser._reader.Read();
        return root;
    }

    private PlacedJson Value(string path)
    {
        (int atLine, int atColumn) = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new PlacedJson(JsonValueKind.Object, path, atLine, atColumn) { Members = Members(path) };
            case JsonTokenType.StartArray:
                return new PlacedJson(JsonValueKind.Array, path, atLine, atColumn) { Items = Items(path) };
            case JsonTokenType.String:
                return new PlacedJson(JsonValueKind.String, path, atLine, atColumn, _reader.GetString()!);
            case JsonTokenType.Number:
                return new PlacedJson(JsonValueKind.Number, path, atLine, atColumn, Encoding.UTF8.GetString(_reader.ValueSpan));
            case JsonTokenType.True:
                return new PlacedJson(JsonValueKind.True, path, atLine, atColumn);
            case JsonTokenType.False:
                return new PlacedJson(JsonValueKind.False, path, atLine, atColumn);
            default:
                return new PlacedJson(JsonValueKind.Null, path, atLine, atColumn);
        }
    }

    private ImmutableArray<PlacedMember> Members(string path)
    {
        var members = ImmutableArray.CreateBuilder<PlacedMember>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            (int atLine, int atColumn) = Place();
            string name = _reader.GetString()!;
            _reader.Read();
            members.Add(new PlacedMember(name, atLine, atColumn, Value(path.Length == 0 ? name : $"{path}.{name}")));
        }

        return members.ToImmutable();
    }

    private ImmutableArray<PlacedJson> Items(string path)
    {
        var items = ImmutableArray.CreateBuilder<PlacedJson>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value($"{path}[{items.Count}]"));
        }

        return items.ToImmutable();
    }

    private (int Line, int Column) Place()
    {
        int at = (int)_reader.TokenStartIndex;
        for (; _counted < at; _counted++)
        {
            if (_json[_counted] == (byte)'\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }

        return (_line, Encoding.UTF8.GetCharCount(_json[_lineStart..at]) + 1);
    }
}
