using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Api.Service;

/// <summary>The schemas of an OpenAPI document: one under each type's name, told once and referred to.</summary>
internal sealed class OpenApiSchemas
{
    private readonly Dictionary<Type, string> _names = [];
    private readonly Dictionary<Type, JsonNode> _shapes = [];

    /// <summary>By name.</summary>
    public JsonObject Value { get; } = [];

    /// <summary>A type that callers send: what has a default may be left out. Comes before what is only answered.</summary>
    public void Received(Type type) => Reference(type, isSentOnly: false);

    /// <summary>A type that is answered: of its members only nulls are left out.</summary>
    public JsonObject Reference(Type type) => Reference(type, isSentOnly: true);

    private JsonObject Reference(Type type, bool isSentOnly)
    {
        if (!_names.ContainsKey(type))
        {
            var options = new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => Placed(context, Plain(schema, isSentOnly)),
            };
            string name = NameOf(type);
            Value[name] = null;
            Value[name] = FlowJson.Compact.GetJsonSchemaAsNode(type, options);
        }

        return To(_names[type]);
    }

    /// <summary>A member that is an object of its own stands under its own name.</summary>
    private JsonNode Placed(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.Path.IsEmpty || schema is not JsonObject found)
        {
            return schema;
        }

        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object)
        {
            return Unfolded(context.TypeInfo.Type, found);
        }

        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        bool isNullable = Names(found["type"], "null") || (found.ContainsKey("$ref") && context.PropertyInfo?.IsGetNullable == true);
        string name = NameOf(type);
        if (!found.ContainsKey("$ref") && !Value.ContainsKey(name))
        {
            found["type"] = "object";
            found.Remove("default");
            Value[name] = found.DeepClone();
        }

        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(To(name), new JsonObject { ["type"] = "null" }) } : To(name);
    }

    /// <summary>The exporter refers to a list that it has told before by its place there, which is another place here.</summary>
    private JsonNode Unfolded(Type type, JsonObject schema)
    {
        if (schema.ContainsKey("$ref"))
        {
            return _shapes[type].DeepClone();
        }

        _shapes[type] = schema.DeepClone();
        return schema;
    }

    private string NameOf(Type type)
    {
        if (!_names.TryGetValue(type, out string? name))
        {
            // Two types of one name in different namespaces: the second is told by its namespace too.
            name = _names.ContainsValue(type.Name) ? type.Namespace!.Split('.')[^1] + type.Name : type.Name;
            _names[type] = name;
        }

        return name;
    }

    private static JsonObject To(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    /// <summary>What is read leniently is written strictly: a number is never a text.</summary>
    private static JsonNode Plain(JsonNode schema, bool isSentOnly)
    {
        if (schema is not JsonObject found)
        {
            return schema;
        }

        if (found["pattern"] is not null && found["type"] is JsonArray types && (Names(types, "number") || Names(types, "integer")))
        {
            found.Remove("pattern");
            JsonNode[] kept = [.. types.Where(type => (string?)type != "string").Select(type => type!.DeepClone())];
            found["type"] = kept is [var only] ? only : new JsonArray(kept);
        }

        if (isSentOnly && found["properties"] is JsonObject properties)
        {
            JsonNode[] always = [.. properties.Where(property => !MayBeNull(property.Value)).Select(property => JsonValue.Create(property.Key))];
            found.Remove("required");
            if (always.Length > 0)
            {
                found["required"] = new JsonArray(always);
            }

            foreach ((_, JsonNode? property) in properties)
            {
                (property as JsonObject)?.Remove("default");
            }
        }

        return found;
    }

    private static bool MayBeNull(JsonNode? schema) => schema is JsonObject found
        && (found.Count == 0 || Names(found["type"], "null")
            || (found["anyOf"] is JsonArray choices && choices.Any(choice => Names(choice?["type"], "null")))
            || (found["enum"] is JsonArray values && values.Contains(null)));

    private static bool Names(JsonNode? type, string name) => type switch
    {
        JsonArray several => several.Any(one => (string?)one == name),
        JsonValue one => (string?)one == name,
        _ => false,
    };
}
