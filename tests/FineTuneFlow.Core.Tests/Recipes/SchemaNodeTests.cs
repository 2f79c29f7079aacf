using System.Text.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

/// <summary>The part of JSON Schema that recipes are checked by, on schemas of a few lines.</summary>
public sealed class SchemaNodeTests
{
    [Fact]
    public void A_schema_is_read_with_all_that_is_checked()
    {
        SchemaNode root = Load("""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "type": "object", "required": ["name", "many"],
              "properties": {
                "name": { "type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z0-9][a-z0-9-]{0,39}$", "description": "What it is called." },
                "count": { "type": ["integer", "null"], "minimum": 1, "maximum": 5, "default": 2 },
                "share": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
                "kind": { "type": ["string", "null"], "enum": ["a", "b", null] },
                "many": { "anyOf": [{ "$ref": "#/$defs/word" }, { "type": "array", "items": { "$ref": "#/$defs/word" }, "maxItems": 4, "uniqueItems": true }] },
                "map": { "type": "object", "additionalProperties": { "type": "boolean" } },
                "closed": { "type": "object", "additionalProperties": false, "properties": {} }
              },
              "$defs": { "other": { "type": "boolean" }, "word": { "type": "string", "minLength": 1 } }
            }
            """);

        root.Types.ShouldBe(["object"]);
        root.Required.ShouldBe(["name", "many"]);
        root.PropertyNames.ShouldBe(["name", "count", "share", "kind", "many", "map", "closed"]);
        root.Properties.Keys.Order().ShouldBe(["closed", "count", "kind", "many", "map", "name", "share"]);
        root.AnyProperty.ShouldBeNull();
        SchemaNode name = root.Properties["name"];
        (name.MinLength, name.MaxLength, name.IsName, name.Description).ShouldBe((2, 3, true, "What it is called."));
        SchemaNode count = root.Properties["count"];
        count.Types.ShouldBe(["integer", "null"]);
        (count.Minimum, count.Maximum, count.ExclusiveMinimum, count.ExclusiveMaximum, count.IsName).ShouldBe((1, 5, null, null, false));
        count.Default!.Value.GetInt32().ShouldBe(2);
        SchemaNode share = root.Properties["share"];
        (share.Minimum, share.Maximum, share.ExclusiveMinimum, share.ExclusiveMaximum).ShouldBe((null, null, 0, 1));
        root.Properties["kind"].Enum.ShouldBe(["a", "b"]);
        SchemaNode many = root.Properties["many"];
        many.AnyOf.Length.ShouldBe(2);
        (many.AnyOf[0].Types[0], many.AnyOf[0].MinLength, many.UniqueItems).ShouldBe(("string", 1, false));
        (many.AnyOf[1].MaxItems, many.AnyOf[1].UniqueItems, many.AnyOf[1].Items!.MinLength).ShouldBe((4, true, 1));
        root.Properties["map"].AnyProperty!.Types.ShouldBe(["boolean"]);
        root.Properties["closed"].AnyProperty.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "type": "integer", "multipleOf": 2 }""", "multipleOf")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "string", "format": "uri" } } }""", "format")]
    [InlineData("""{ "type": "string", "pattern": "^x$" }""", "^x$")]
    public void What_is_not_checked_cannot_be_promised(string schema, string named) =>
        Should.Throw<InvalidOperationException>(() => Load(schema)).Message.ShouldContain(named);

    [Theory]
    [InlineData("""{ "type": "integer" }""", "a whole number")]
    [InlineData("""{ "type": "integer", "minimum": 1 }""", "a whole number from 1")]
    [InlineData("""{ "type": "number", "maximum": 1000000.5 }""", "a number to 1,000,000.5")]
    [InlineData("""{ "type": "number", "exclusiveMaximum": 1 }""", "a number below 1")]
    [InlineData("""{ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }""", "a number above 0 and below 1")]
    [InlineData("""{ "type": "number", "exclusiveMinimum": 0, "maximum": 1 }""", "a number above 0 to 1")]
    [InlineData("""{ "type": ["string", "null"] }""", "a text")]
    [InlineData("""{ "type": ["string", "boolean"] }""", "a text or true or false")]
    [InlineData("""{ "type": "array" }""", "a list")]
    [InlineData("""{ "type": "array", "items": { "type": "string" } }""", "a list of a text")]
    [InlineData("""{ "type": "string", "enum": ["a"] }""", "one of \"a\"")]
    [InlineData("""{ "anyOf": [{ "type": "string" }] }""", "a text")]
    [InlineData("""{ "anyOf": [{ "type": "string" }, { "type": "object" }] }""", "a text or an object { ... }")]
    public void What_is_expected_is_said_in_words(string schema, string expected) => Load(schema).Expected.ShouldBe(expected);

    private static SchemaNode Load(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        return SchemaNode.Load(document.RootElement.Clone());
    }
}
