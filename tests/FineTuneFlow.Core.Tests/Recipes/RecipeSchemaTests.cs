using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class RecipeSchemaTests
{
    [Fact]
    public void The_schema_and_the_records_have_the_same_properties_types_enums_and_defaults() =>
        Agrees(typeof(Recipe), RecipeSchema.Root, "recipe", new Recipe());

    [Fact]
    public void Every_property_of_the_schema_is_described_for_editors() => Described(RecipeSchema.Root, "recipe");

    [Fact]
    public void The_file_in_samples_is_the_one_that_validates() =>
        File.ReadAllText(Path.Combine(Root, "samples", "recipe.schema.json")).ShouldBe(RecipeSchema.Text);

    [Fact]
    public void The_page_about_recipes_has_every_property_with_its_description()
    {
        string page = File.ReadAllText(Path.Combine(Root, "docs", "recipe.md"));

        foreach ((string name, SchemaNode node) in Leaves(RecipeSchema.Root).Where(leaf => leaf.Name != "$schema"))
        {
            page.Split('\n').ShouldContain(line => line.StartsWith($"| `{name}` |") && line.Contains(node.Description!), $"docs/recipe.md has no line for {name}: {node.Description}");
        }
    }

    private static string Root
    {
        get
        {
            string root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
            {
                root = Path.GetDirectoryName(root)!;
            }

            return root;
        }
    }

    /// <summary>Every property that holds a value, not an object with properties of its own.</summary>
    private static IEnumerable<(string Name, SchemaNode Node)> Leaves(SchemaNode node) => node.Properties.SelectMany(property =>
    {
        SchemaNode inner = property.Value.Items ?? property.Value.AnyOf.FirstOrDefault() ?? property.Value;
        IEnumerable<(string, SchemaNode)> own = property.Value.Properties.Count == 0 ? [(property.Key, property.Value)] : [];
        return own.Concat(Leaves(inner));
    });

    private static void Agrees(Type type, SchemaNode schema, string path, object? defaults)
    {
        // What JSON leaves out (the host's own limits) is in no recipe.
        PropertyInfo[] properties = [.. type.GetProperties().Where(p => p.SetMethod is not null && p.GetCustomAttribute<JsonIgnoreAttribute>() is null)];
        schema.PropertyNames.Where(name => name != "$schema").Order().ShouldBe(properties.Select(JsonName).Order(), path);
        schema.Required.Order().ShouldBe(properties.Where(p => p.GetCustomAttribute<RequiredMemberAttribute>() is not null).Select(JsonName).Order(), path);
        foreach (PropertyInfo property in properties)
        {
            string name = JsonName(property);
            SchemaNode node = schema.Properties[name];
            object? value = defaults is null ? null : property.GetValue(defaults);
            Type inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            bool record = inner.Namespace == typeof(Recipe).Namespace && inner.IsClass;
            if (defaults is not null && !record && !node.AnyOf.Any() && value is not null)
            {
                node.Default.ShouldNotBe(name is "candidates" or "baselines" ? node.Default!.GetValueOrDefault() : null, $"{path}.{name} has no default in the schema");
            }

            if (node.Default is { } written && defaults is not null)
            {
                string expected = JsonSerializer.Serialize(value, FlowJson.Compact);
                JsonNode.DeepEquals(JsonNode.Parse(written.GetRawText()), JsonNode.Parse(expected)).ShouldBeTrue($"{path}.{name}: schema {written}, record {expected}");
            }

            Types(inner, node, $"{path}.{name}", record);
        }
    }

    private static void Types(Type type, SchemaNode node, string path, bool record)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OneOrMany<>))
        {
            Type item = type.GetGenericArguments()[0];
            Types(item, node.AnyOf[0], path, false);
            node.AnyOf[1].Types.ShouldBe(["array"], path);
            Types(item, node.AnyOf[1].Items!, path, false);
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            node.Types.ShouldBe(["array"], path);
            Type item = type.GetGenericArguments()[0];
            Types(item, node.Items!, path, item.IsClass && item != typeof(string));
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>))
        {
            node.Types.ShouldBe(["object"], path);
            node.AnyProperty.ShouldNotBeNull(path);
        }
        else if (record)
        {
            SchemaNode target = node.AnyOf.Length > 0 ? node.AnyOf[0] : node;
            target.Types.ShouldBe(["object"], path);
            Agrees(type, target, path, type.GetConstructor(Type.EmptyTypes) is null || Requires(type) ? null : Activator.CreateInstance(type));
        }
        else if (type.IsEnum)
        {
            node.Enum.Order().ShouldBe(Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName).Order(), path);
        }
        else
        {
            string expected = type == typeof(int) ? "integer" : type == typeof(double) ? "number" : type == typeof(bool) ? "boolean" : "string";
            node.Types.ShouldContain(expected, path);
            if (expected is "integer" or "number")
            {
                (node.Minimum ?? node.ExclusiveMinimum).ShouldNotBeNull($"{path} has no lower limit");
                (node.Maximum ?? node.ExclusiveMaximum).ShouldNotBeNull($"{path} has no upper limit");
                (node.Maximum ?? 0).ShouldBeLessThanOrEqualTo(int.MaxValue, path);
            }
        }
    }

    private static bool Requires(Type type) => type.GetProperties().Any(p => p.GetCustomAttribute<RequiredMemberAttribute>() is not null);

    private static string JsonName(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static void Described(SchemaNode node, string path)
    {
        foreach ((string name, SchemaNode child) in node.Properties)
        {
            child.Description.ShouldNotBeNullOrEmpty(string.Create(CultureInfo.InvariantCulture, $"{path}.{name}"));
            Described(child, $"{path}.{name}");
            if (child.Items is { } items)
            {
                Described(items, $"{path}.{name}[]");
            }
        }
    }
}
