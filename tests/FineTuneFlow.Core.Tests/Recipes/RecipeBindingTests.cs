using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

/// <summary>Recipes are bound by hand; the serializer, which needs no list of properties, says what must come out.</summary>
public sealed class RecipeBindingTests
{
    [Fact]
    public void Every_property_of_the_schema_is_bound_as_the_serializer_binds_it()
    {
        // Every property away from its default, in the first form and in the last that the schema allows.
        foreach (bool last in new[] { false, true })
        {
            string json = Sample(RecipeSchema.Root, last)!.ToJsonString();

            Recipe bound = RecipeBinding.Bind(PlacedJsonParser.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

            Recipe expected = JsonSerializer.Deserialize<Recipe>(json, FlowJson.Compact)!;
            JsonSerializer.Serialize(bound, FlowJson.Indented).ShouldBe(JsonSerializer.Serialize(expected, FlowJson.Indented));
        }
    }

    [Fact]
    public void What_is_left_out_has_the_records_defaults() =>
        JsonSerializer.Serialize(RecipeBinding.Bind(PlacedJsonParser.Parse("""{"dataset":{"csv":{},"labels":{},"cleaning":{},"rareClasses":{},"duplicates":{"near":{}},"split":{}},"budget":{},"evaluation":{},"promotion":{},"retention":{}}"""u8)), FlowJson.Indented)
            .ShouldBe(JsonSerializer.Serialize(new Recipe { Dataset = new DatasetRecipe { Duplicates = new DuplicatesRecipe { Near = new NearDuplicatesRecipe() } } }, FlowJson.Indented));

    [Theory]
    [InlineData("{}", SplitMethod.Stratified)]
    [InlineData("""{"retrain":{}}""", SplitMethod.Stable)]
    [InlineData("""{"retrain":{"minimumNewRows":50},"dataset":{"split":{"test":0.3}}}""", SplitMethod.Stable)]
    [InlineData("""{"retrain":{},"dataset":{"split":{"method":"stratified"}}}""", SplitMethod.Stratified)]
    [InlineData("""{"retrain":{},"dataset":{"split":{"method":"time","column":"day"}}}""", SplitMethod.Time)]
    public void A_recipe_that_says_when_to_retrain_keeps_texts_in_their_splits_for_good_unless_it_says_otherwise(string json, SplitMethod expected) =>
        RecipeReader.Read("recipe", System.Text.Encoding.UTF8.GetBytes(json)).Dataset.Split.Method.ShouldBe(expected);

    private static JsonNode? Sample(SchemaNode schema, bool last)
    {
        if (schema.AnyOf.Length > 0)
        {
            SchemaNode[] options = [.. schema.AnyOf.Where(option => !option.Types.SequenceEqual(["null"]))];
            return Sample(last ? options[^1] : options[0], last);
        }

        if (schema.Enum.Length > 0)
        {
            return JsonValue.Create(schema.Enum[^1]);
        }

        return schema.Types[0] switch
        {
            "object" when schema.AnyProperty is { } any => new JsonObject { ["one"] = Sample(any, last), ["two"] = Sample(any, last) },
            "object" => new JsonObject(schema.Properties.Where(p => p.Key != "$schema").Select(p => KeyValuePair.Create(p.Key, Sample(p.Value, last)))),
            "array" => new JsonArray(Sample(schema.Items!, last), Sample(schema.Items!, last)),
            "integer" => JsonValue.Create((int)(schema.Minimum ?? 0) + 1),
            "number" => JsonValue.Create(((schema.Minimum ?? schema.ExclusiveMinimum ?? 0) + (schema.Maximum ?? schema.ExclusiveMaximum ?? 0)) / 2),
            "boolean" => JsonValue.Create(schema.Default is { ValueKind: JsonValueKind.False }),
            _ => JsonValue.Create("made up"),
        };
    }
}
