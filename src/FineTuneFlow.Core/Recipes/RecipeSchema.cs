using System.Text.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>The recipe's JSON Schema (2020-12), the same file that ships as <c>samples/recipe.schema.json</c>: it drives the
/// validation here and the help that editors give.</summary>
public static class RecipeSchema
{
    private static readonly Lazy<string> Source = new(() =>
    {
        using Stream stream = typeof(RecipeSchema).Assembly.GetManifestResourceStream("recipe.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    private static readonly Lazy<SchemaNode> Loaded = new(() => SchemaNode.Load(JsonDocument.Parse(Source.Value).RootElement));

    /// <summary>The schema as it stands in the file.</summary>
    public static string Text => Source.Value;

    internal static SchemaNode Root => Loaded.Value;
}
