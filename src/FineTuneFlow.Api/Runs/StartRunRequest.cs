using System.Text.Json.Nodes;

namespace FineTuneFlow.Api.Runs;

/// <param name="Project">The project's name.</param>
/// <param name="Drop">A blob, <c>drops/{project}/{name}</c>.</param>
/// <param name="Recipe">A recipe for this drop; null: the project's.</param>
public sealed record StartRunRequest(string Project, string Drop, JsonNode? Recipe = null);
