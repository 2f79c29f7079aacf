using System.Text.Json.Nodes;

namespace FineTuneFlow.Api.Agents;

/// <summary>An argument of a tool, and where it goes in the request that the tool makes.</summary>
/// <param name="Name">As agents give it; the same in the request.</param>
/// <param name="Place">Where it goes.</param>
/// <param name="Schema">What it may be, with what it means.</param>
/// <param name="Required">The tool cannot be called without it.</param>
internal sealed record AgentArgument(string Name, ArgumentPlace Place, JsonObject Schema, bool Required = false)
{
    public static AgentArgument Text(string name, ArgumentPlace place, string meaning, bool required = false) =>
        new(name, place, new JsonObject { ["type"] = "string", ["description"] = meaning }, required);

    public static AgentArgument Recipe(string meaning) =>
        new("recipe", ArgumentPlace.Body, new JsonObject { ["type"] = "object", ["description"] = meaning });
}

internal enum ArgumentPlace { Route, Query, Body }
