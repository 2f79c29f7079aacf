using System.Text.Json;

namespace FineTuneFlow.Mutation;

/// <summary>What belongs together in one session: folders of one project, and the tests that have to notice.</summary>
/// <param name="Folders">Relative to the project; a file, a folder, or the beginning of a name with * behind it.</param>
/// <param name="Classes">Test classes by the beginning of their full name behind the project's; null for all.</param>
/// <param name="Without">Test classes, by a part of their full name, that take too long to run for every mutant.</param>
/// <param name="Goal">Percent of the mutants that compile and are not listed as equivalent.</param>
internal sealed record Scope(string Name, string Project, string Tests, IReadOnlyList<string> Folders, int Goal,
    IReadOnlyList<string>? Classes = null, IReadOnlyList<string>? Without = null)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true, ReadCommentHandling = JsonCommentHandling.Skip };

    public bool IsWanted(string testClass) =>
        Classes?.Any(start => testClass.StartsWith($"{Tests}.{start}", StringComparison.Ordinal)) != false
        && Without?.Any(part => testClass.Contains(part, StringComparison.Ordinal)) != true;

    public static IReadOnlyList<Scope> All() =>
        JsonSerializer.Deserialize<Scope[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "scopes.json")), Json)!;
}
