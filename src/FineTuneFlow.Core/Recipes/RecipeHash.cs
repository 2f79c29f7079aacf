using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A recipe's identity: what it asks for, however it is written.</summary>
public static class RecipeHash
{
    // Who answers and when a night trains changes nothing about what a run does: other weights must not make the same drop cost again.
    private static readonly string[] BesideTheRun = ["serving", "retrain"];

    /// <summary>SHA-256 in lower-case hexadecimal of the canonical JSON: defaults filled in, properties sorted, no white space,
    /// no comments, no <c>$schema</c>, and nothing of what is beside a run.</summary>
    public static string Of(Recipe recipe) => Convert.ToHexStringLower(SHA256.HashData(Canonical(recipe)));

    /// <summary>The UTF-8 bytes that are hashed.</summary>
    public static byte[] Canonical(Recipe recipe) =>
        JsonSerializer.SerializeToUtf8Bytes(Sorted(Run(recipe)), FlowJson.Compact);

    private static JsonObject Run(Recipe recipe)
    {
        JsonObject whole = JsonSerializer.SerializeToNode(recipe, FlowJson.Compact)!.AsObject();
        foreach (string setting in BesideTheRun)
        {
            whole.Remove(setting);
        }

        return whole;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };
}
