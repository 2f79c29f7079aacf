using System.Text.Json.Nodes;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary><c>infra/choices/</c> holds sets of parameters and, beside each, the facts of what would be deployed for it. A change of a role,
/// setting, tag or policy shows there. <c>UPDATE_FACTS=1</c> writes them anew.</summary>
public sealed class ChoicesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-bicep-");

    public static TheoryData<string> Sets =>
        [.. Directory.EnumerateFiles(Repository.PathOf("infra", "choices"), "*.bicepparam").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_infrastructure_compiles_and_lints_without_a_word()
    {
        Assert.SkipWhen(BicepCompiler.Missing is not null, BicepCompiler.Missing ?? "");

        BicepCompiler.Run("lint", Repository.PathOf("infra", "main.bicep")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void What_a_choice_deploys_is_what_stands_beside_it(string set)
    {
        Assert.SkipWhen(BicepCompiler.Missing is not null, BicepCompiler.Missing ?? "");
        string facts = Repository.PathOf("infra", "choices", $"{set}.facts");

        string[] predicted = [.. DeploymentFacts.Of(Snapshot(set))];

        predicted.Count(line => line.StartsWith("role ", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        if (Environment.GetEnvironmentVariable("UPDATE_FACTS") == "1")
        {
            File.WriteAllLines(facts, predicted);
        }

        predicted.ShouldBe(File.ReadAllLines(facts));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The compiler writes beside the parameters, so they are read from a copy.</summary>
    private JsonNode Snapshot(string set)
    {
        string parameters = Path.Combine(_folder.FullName, $"{set}.bicepparam");
        File.WriteAllText(parameters, Repository.Read("infra", "choices", $"{set}.bicepparam").Replace("'../main.bicep'", $"'{Path.GetRelativePath(_folder.FullName, Repository.PathOf("infra", "main.bicep"))}'", StringComparison.Ordinal));
        BicepCompiler.Run("snapshot", parameters, "--mode", "Overwrite", "--location", "swedencentral",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002").ShouldBeEmpty();
        return JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(parameters, ".snapshot.json")))!;
    }
}
