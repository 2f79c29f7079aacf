using System.Text.RegularExpressions;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>Bicep's compiler is not on every machine (the workflow has it); these tests catch what a typing error breaks.</summary>
public sealed partial class BicepTests
{
    /// <summary>Built-in roles as Azure's documentation gives their ids.</summary>
    private static readonly Dictionary<string, string> RoleIds = new()
    {
        ["storageBlobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["storageBlobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["storageQueueDataContributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["storageTableDataContributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["monitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["durableTaskDataContributor"] = "0ad04412-c4d5-4796-b79c-f76d14c8d402",
        ["containerAppsJobsOperator"] = "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
        ["cognitiveServicesOpenAIContributor"] = "a001fd3d-188f-4b5d-821b-7da978bf7442",
        ["keyVaultSecretsUser"] = "4633458b-17de-408a-b874-0445c86b69e6",
        ["acrPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    };

    /// <summary>Azure Verified Modules in the versions that the files were written against.</summary>
    private static readonly Dictionary<string, string> Verified = new()
    {
        ["web/site"] = "0.24.0",
        ["web/serverfarm"] = "0.7.0",
        ["storage/storage-account"] = "0.33.0",
        ["managed-identity/user-assigned-identity"] = "0.6.0",
        ["insights/component"] = "0.8.0",
        ["operational-insights/workspace"] = "0.16.1",
        ["event-grid/system-topic"] = "0.7.0",
        ["cognitive-services/account"] = "0.18.0",
        ["app/job"] = "0.7.2",
        ["app/managed-environment"] = "0.15.0",
        ["container-registry/registry"] = "0.12.1",
        ["key-vault/vault"] = "0.14.0",
    };

    public static TheoryData<string> Files => [.. BicepFile.All.Select(file => file.Path)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_parameter_and_variable_is_used(string path)
    {
        BicepFile file = File(path);

        // An exported variable is used by those that import it.
        string[] names = [.. file.Parameters.Select(p => p.Name), .. file.Text.Contains("@export()", StringComparison.Ordinal) ? [] : file.Variables];
        names.Where(name => file.Uses(name) < 1).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_module_of_ours_is_given_what_it_needs_and_nothing_else(string path)
    {
        foreach (BicepModule module in File(path).Modules.Where(m => m.Source.StartsWith("modules/", StringComparison.Ordinal)))
        {
            BicepFile target = File(module.Source);
            module.Given.Except(target.Parameters.Select(p => p.Name)).ShouldBeEmpty(module.Symbol);
            target.Parameters.Where(p => !p.HasDefault).Select(p => p.Name).Except(module.Given).ShouldBeEmpty(module.Symbol);
        }
    }

    [Fact]
    public void Outputs_that_are_read_of_a_module_exist()
    {
        foreach (BicepModule module in BicepFile.Main.Modules.Where(m => m.Source.StartsWith("modules/", StringComparison.Ordinal)))
        {
            MatchCollection reads = Regex.Matches(BicepFile.Main.Code, $@"(?<![\w.]){module.Symbol}!?\.outputs\.(\w+)");
            reads.Select(m => m.Groups[1].Value).Except(File(module.Source).Outputs).ShouldBeEmpty(module.Symbol);
        }
    }

    [Fact]
    public void Modules_of_the_registry_have_the_versions_they_were_written_against()
    {
        string[] sources = [.. BicepFile.All.SelectMany(f => f.Modules).Select(m => m.Source).Where(s => s.StartsWith("br/", StringComparison.Ordinal))];

        sources.Distinct().ShouldBe(Verified.Select(pair => $"br/public:avm/res/{pair.Key}:{pair.Value}"), ignoreOrder: true);
    }

    [Fact]
    public void No_module_of_the_registry_tells_its_authors_that_it_was_used()
    {
        foreach (BicepFile file in BicepFile.All)
        {
            int modules = file.Modules.Count(m => m.Source.StartsWith("br/", StringComparison.Ordinal));
            Regex.Count(file.Code, "^    enableTelemetry: false$", RegexOptions.Multiline).ShouldBe(modules, file.Path);
        }
    }

    [Fact]
    public void Settings_of_an_earlier_choice_do_not_stay() =>
        // They would: of the backend before, or of a provider whose key is gone.
        File("modules/app.bicep").Code.ShouldContain("retainCurrentAppSettings: false");

    [Fact]
    public void Role_ids_are_azures_and_every_role_is_given_to_somebody()
    {
        BicepFile roles = File("modules/roles.bicep");
        RoleLine().Matches(roles.Text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value).ShouldBe(RoleIds, ignoreOrder: true);

        string[] used = [.. BicepFile.All.SelectMany(f => RoleUse().Matches(f.Code)).Select(m => m.Groups[1].Value).Distinct()];
        used.ShouldBe(RoleIds.Keys, ignoreOrder: true);
    }

    [Fact]
    public void No_key_of_a_storage_account_or_model_service_is_ever_used()
    {
        string all = string.Concat(BicepFile.All.Select(f => f.Text));

        all.ShouldContain("allowSharedKeyAccess: false");
        all.ShouldContain("disableLocalAuth: true");
        all.ShouldNotContain("listKeys");
        all.ShouldNotContain("AccountKey");
        // Where a provider has nothing but keys they are in the vault, and reach the app by reference.
        KeySetting().Matches(all).ShouldNotBeEmpty();
        KeySetting().Matches(all).ShouldAllBe(m => m.Groups[1].Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal));
    }

    [Fact]
    public void Secret_parameters_are_marked()
    {
        foreach (BicepFile file in BicepFile.All)
        {
            foreach (BicepParameter parameter in file.Parameters.Where(p => p.Name.EndsWith("ApiKey", StringComparison.Ordinal) || p.Name.EndsWith("Secret", StringComparison.Ordinal)))
            {
                int at = file.Text.IndexOf($"param {parameter.Name} ", StringComparison.Ordinal);
                string before = file.Text[..at];
                before[before.LastIndexOf("\n\n", StringComparison.Ordinal)..].ShouldContain("@secure()");
            }
        }
    }

    private static BicepFile File(string path) => BicepFile.All.Single(file => file.Path.Replace('\\', '/') == path);

    [GeneratedRegex(@"^  (\w+): '([0-9a-f-]{36})'$", RegexOptions.Multiline)]
    private static partial Regex RoleLine();

    [GeneratedRegex(@"roles\.(\w+)")]
    private static partial Regex RoleUse();

    [GeneratedRegex(@"(?:__Key|Secret): '([^']*)'")]
    private static partial Regex KeySetting();
}
