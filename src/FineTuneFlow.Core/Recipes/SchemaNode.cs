using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A node of the recipe's JSON Schema: the part of the 2020-12 vocabulary that the schema uses. A keyword outside
/// that part is refused when the schema is loaded, so that nothing in the file is promised and not checked.</summary>
internal sealed class SchemaNode
{
    private static readonly HashSet<string> Keywords =
    [
        "$schema", "$defs", "$ref", "title", "description", "default", "type", "properties", "required", "additionalProperties",
        "items", "anyOf", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern",
        "maxItems", "uniqueItems",
    ];

    private const string NamePattern = "^[a-z0-9][a-z0-9-]{0,39}$";

    public ImmutableArray<string> Types { get; private init; } = [];

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; private init; } = ReadOnlyDictionary<string, SchemaNode>.Empty;

    /// <summary>In the order of the file, for messages.</summary>
    public ImmutableArray<string> PropertyNames { get; private init; } = [];

    public ImmutableArray<string> Required { get; private init; } = [];

    /// <summary>The schema of members of any name; null: only <see cref="Properties"/> are allowed.</summary>
    public SchemaNode? AnyProperty { get; private init; }

    public SchemaNode? Items { get; private init; }

    public ImmutableArray<SchemaNode> AnyOf { get; private init; } = [];

    public ImmutableArray<string> Enum { get; private init; } = [];

    public double? Minimum { get; private init; }

    public double? Maximum { get; private init; }

    public double? ExclusiveMinimum { get; private init; }

    public double? ExclusiveMaximum { get; private init; }

    public int? MinLength { get; private init; }

    public int? MaxLength { get; private init; }

    public int? MaxItems { get; private init; }

    public bool UniqueItems { get; private init; }

    /// <summary>Whether a text must be a name as <see cref="NamePattern"/> has it, the only pattern of the schema.</summary>
    public bool IsName { get; private init; }

    public string? Description { get; private init; }

    public JsonElement? Default { get; private init; }

    public static SchemaNode Load(JsonElement root) => Load(root, root);

    private static SchemaNode Load(JsonElement node, JsonElement root)
    {
        if (node.TryGetProperty("$ref", out JsonElement reference))
        {
            string name = reference.GetString()!["#/$defs/".Length..];
            return Load(root.GetProperty("$defs").GetProperty(name), root);
        }

        foreach (JsonProperty keyword in node.EnumerateObject())
        {
            if (!Keywords.Contains(keyword.Name))
            {
                throw new InvalidOperationException($"recipe.schema.json uses the keyword {keyword.Name}, which is not checked.");
            }
        }

        JsonElement? Get(string name) => node.TryGetProperty(name, out JsonElement value) ? value : null;
        var properties = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        var names = ImmutableArray.CreateBuilder<string>();
        if (Get("properties") is { } members)
        {
            foreach (JsonProperty member in members.EnumerateObject())
            {
                properties.Add(member.Name, Load(member.Value, root));
                names.Add(member.Name);
            }
        }

        JsonElement? any = Get("additionalProperties");
        return new SchemaNode
        {
            Types = Get("type") is { ValueKind: JsonValueKind.String } type ? [type.GetString()!] : Texts(Get("type")),
            Properties = properties,
            PropertyNames = names.ToImmutable(),
            Required = Texts(Get("required")),
            AnyProperty = any is { ValueKind: JsonValueKind.Object } schema ? Load(schema, root) : null,
            Items = Get("items") is { } items ? Load(items, root) : null,
            AnyOf = Nodes(Get("anyOf"), root),
            Enum = Texts(Get("enum")),
            Minimum = Get("minimum")?.GetDouble(),
            Maximum = Get("maximum")?.GetDouble(),
            ExclusiveMinimum = Get("exclusiveMinimum")?.GetDouble(),
            ExclusiveMaximum = Get("exclusiveMaximum")?.GetDouble(),
            MinLength = Get("minLength")?.GetInt32(),
            MaxLength = Get("maxLength")?.GetInt32(),
            MaxItems = Get("maxItems")?.GetInt32(),
            UniqueItems = Get("uniqueItems")?.GetBoolean() ?? false,
            IsName = Get("pattern")?.GetString() is { } pattern && IsNamePattern(pattern),
            Description = Get("description")?.GetString(),
            Default = Get("default"),
        };
    }

    private static bool IsNamePattern(string pattern) => pattern == NamePattern
        ? true
        : throw new InvalidOperationException($"recipe.schema.json uses the pattern {pattern}, which is not checked.");

    /// <summary>By hand: to .NET the pattern's end also lies before a last line feed, which JSON Schema's does not.</summary>
    public static bool Names(string text)
    {
        if (text.Length is 0 or > 40 || text[0] == '-')
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The texts of a list; an enum may also name null, which its type says already.</summary>
    private static ImmutableArray<string> Texts(JsonElement? list)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        if (list is { } given)
        {
            foreach (JsonElement item in given.EnumerateArray())
            {
                if (item.GetString() is { } text)
                {
                    texts.Add(text);
                }
            }
        }

        return texts.ToImmutable();
    }

    private static ImmutableArray<SchemaNode> Nodes(JsonElement? list, JsonElement root)
    {
        var nodes = ImmutableArray.CreateBuilder<SchemaNode>();
        if (list is { } given)
        {
            foreach (JsonElement item in given.EnumerateArray())
            {
                nodes.Add(Load(item, root));
            }
        }

        return nodes.ToImmutable();
    }

    /// <summary>"a whole number of 1 to 50", for messages.</summary>
    public string Expected
    {
        get
        {
            if (AnyOf.Length > 0)
            {
                return string.Join(" or ", AnyOf.Select(option => option.Expected));
            }

            if (Enum.Length > 0)
            {
                return "one of " + string.Join(", ", Enum.Select(value => $"\"{value}\""));
            }

            return string.Join(" or ", Types.Where(type => type != "null").Select(type => type switch
            {
                "integer" => "a whole number" + Range,
                "number" => "a number" + Range,
                "string" => "a text",
                "boolean" => "true or false",
                "array" => Items is null ? "a list" : $"a list of {Items.Expected}",
                _ => "an object { ... }",
            }));
        }
    }

    /// <summary>" from 1 to 50", " above 0"; empty without limits.</summary>
    public string Range
    {
        get
        {
            static string Show(double value) => value.ToString("#,0.######", CultureInfo.InvariantCulture);
            string from = Minimum is { } least ? $" from {Show(least)}" : ExclusiveMinimum is { } above ? $" above {Show(above)}" : "";
            string to = Maximum is { } most ? $" to {Show(most)}" : ExclusiveMaximum is { } below ? $" below {Show(below)}" : "";
            return from.Length > 0 && ExclusiveMaximum is not null ? $"{from} and{to}" : from + to;
        }
    }
}
