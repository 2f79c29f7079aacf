using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>What matters of a deployment that Bicep predicted, a line a fact: every resource with its place, tags, sku and identities,
/// who has which role on what, the app's settings and limits, and the policies that keep doors shut.</summary>
internal static partial class DeploymentFacts
{
    /// <summary>Properties whose change should be seen by whoever reads the difference.</summary>
    private static readonly HashSet<string> Watched = new(StringComparer.Ordinal)
    {
        "adminUserEnabled", "allowBlobPublicAccess", "allowSharedKeyAccess", "allowedAudiences", "alwaysReady", "amount", "bypass", "clientId",
        "clientSecretSettingName", "cpu", "dailyQuotaGb", "daysAfterModificationGreaterThan", "defaultAction", "defaultOutboundAccess",
        "DisableIpMasking", "DisableLocalAuth", "disableLocalAuth", "enablePurgeProtection", "enableRbacAuthorization", "httpsOnly", "image",
        "instanceMemoryMB", "ipAllowlist", "maximumInstanceCount", "memory", "minTlsVersion", "minimumTlsVersion", "openIdIssuer",
        "perInstanceConcurrency", "prefixMatch", "publicNetworkAccess", "replicaRetryLimit", "replicaTimeout", "requireAuthentication",
        "status", "threshold", "unauthenticatedClientAction", "workloadProfileType", "zoneRedundant",
    };

    /// <param name="snapshot">What <c>bicep snapshot</c> wrote.</param>
    /// <returns>The facts, a line each, in an order of their own.</returns>
    public static IReadOnlyList<string> Of(JsonNode snapshot) =>
        [.. snapshot["predictedResources"]!.AsArray().SelectMany(r => Of(r!.AsObject())).Select(Short).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(JsonObject resource)
    {
        string type = resource["type"]!.GetValue<string>();
        if (type == "Microsoft.Authorization/roleAssignments")
        {
            JsonNode role = resource["properties"]!;
            yield return $"role {Principal(role["principalId"]!.GetValue<string>())} is {RoleName(role["roleDefinitionId"]!.GetValue<string>())} on {Scope(resource["id"]!.GetValue<string>())}";
            yield break;
        }

        string name = $"{type} {resource["name"]}";
        yield return $"{name}{Part(resource, "location")}{Part(resource, "sku")}{Part(resource, "tags")}{Part(resource, "identity")}";
        if (resource["properties"] is JsonValue expression)
        {
            foreach (Match setting in Setting().Matches(Short(expression.GetValue<string>())))
            {
                yield return $"{name} {setting.Groups[1].Value} = {setting.Groups[2].Value.Trim('\'', ')')}";
            }
        }

        foreach (string fact in Properties(resource["properties"], ""))
        {
            yield return $"{name} {fact}";
        }
    }

    private static IEnumerable<string> Properties(JsonNode? at, string path) => at switch
    {
        JsonObject some => some.SelectMany(pair => Watched.Contains(pair.Key) && pair.Value is not null
            ? [$"{path}{pair.Key} = {pair.Value.ToJsonString()}"]
            : Properties(pair.Value, $"{path}{pair.Key}.")),
        JsonArray many => many.SelectMany((one, i) => Properties(one, $"{path}{i}.")),
        _ => [],
    };

    private static string Part(JsonObject resource, string key) => resource[key] switch
    {
        null => "",
        JsonObject identity when key == "identity" =>
            $" identity {identity["type"]} {string.Join(' ', Identity().Matches(Output().Replace(identity["userAssignedIdentities"]?.ToString() ?? "", "$1.$2")).Select(m => m.Value).Distinct())}".TrimEnd(),
        JsonNode value => $" {key} {value.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal)}",
    };

    private static string Principal(string id) => id.EndsWith("d0", StringComparison.Ordinal) ? "deployer" : id.Trim('[', ']');

    private static string RoleName(string definition)
    {
        string id = RoleId().Match(definition).Value;
        return Regex.Match(Repository.Read("infra", "modules", "roles.bicep"), $@"(\w+): '{id}'").Groups[1].Value;
    }

    private static string Scope(string id)
    {
        int assignment = id.IndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal);
        if (assignment >= 0 && !id.StartsWith('['))
        {
            return id[..assignment];
        }

        // An expression whose scope is known, or one of a container whose account is an output of a module.
        Match known = Extension().Match(id);
        Match container = Container().Match(Output().Replace(id, "$1.$2"));
        return known.Success ? known.Groups[1].Value : $"container {string.Join(' ', container.Groups.Values.Skip(1).Where(g => g.Success).Select(g => g.Value))}";
    }

    /// <summary>Names of modules instead of the expressions that read their outputs, and nothing that follows from the environment's name.</summary>
    private static string Short(string text)
    {
        text = Output().Replace(text.Replace("\\u0027", "'", StringComparison.Ordinal), "$1.$2");
        text = Token().Replace(text, "$1-TOKEN");
        return StorageToken().Replace(text, "$1TOKEN").Replace("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!.*[0-9a-f]{8}-)")]
    private static partial Regex RoleId();

    // reference(resourceId(..., format('identities-{0}', ...)), '2025-04-01').outputs.appClientId.value
    [GeneratedRegex(@"reference\(resourceId\([^\[\]]*?format\('(\w+)-\{0\}'(?:(?!reference\().)*?\.outputs\.(\w+)\.value")]
    private static partial Regex Output();

    [GeneratedRegex(@"(\w+)-[a-z0-9]{13}(?![a-z0-9])")]
    private static partial Regex Token();

    [GeneratedRegex(@"\b(sthost|st|cr)[a-z0-9]{13}(?![a-z0-9])")]
    private static partial Regex StorageToken();

    [GeneratedRegex(@"extensionResourceId\('([^']+)'")]
    private static partial Regex Extension();

    [GeneratedRegex(@"format\('\{0\}/default/([\w-]+)?.*?', ([\w.]+)(?:, ([\w.]+))?\)")]
    private static partial Regex Container();

    [GeneratedRegex(@"\b[a-zA-Z]+\.\w*[iI]d\b")]
    private static partial Regex Identity();

    // 'NAME', VALUE in the arguments of createObject.
    [GeneratedRegex(@"'([A-Z]\w+)', (.+?)(?=, '[A-Z]\w+', |\), createObject\(|\)+\]?$|\), if\(|\), \w+\.)")]
    private static partial Regex Setting();
}
