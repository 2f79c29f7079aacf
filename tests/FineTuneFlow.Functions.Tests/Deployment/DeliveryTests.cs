using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Functions.Tests.Sources;
using FineTuneFlow.Workflow.Observability;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>azd's project, the workflows and the workbook against the files that they speak of.</summary>
public sealed partial class DeliveryTests
{
    private static readonly string Azd = Repository.Read("azure.yaml");

    public static TheoryData<string> Workflows => [.. Directory.EnumerateFiles(Repository.PathOf(".github", "workflows"), "*.yml").Select(f => Path.GetFileName(f))];

    [Fact]
    public void Every_service_of_azd_is_a_tagged_resource()
    {
        string[] services = [.. Service().Matches(Azd[Azd.IndexOf("services:", StringComparison.Ordinal)..Azd.IndexOf("hooks:", StringComparison.Ordinal)]).Select(m => m.Groups[1].Value)];
        string[] tagged = [.. BicepFile.All.SelectMany(f => ServiceTag().Matches(f.Text)).Select(m => m.Groups[1].Value)];

        // The baseline's service comes with its image, which is not part of every checkout.
        string[] expected = Directory.Exists(Repository.PathOf("src", "baseline")) ? ["api", "baseline"] : ["api"];
        services.ShouldBe(expected);
        services.Except(tagged).ShouldBeEmpty();
        // azd up stops at a service whose project is not there.
        Project().Matches(Azd).Select(m => m.Groups[1].Value).ShouldAllBe(folder => Directory.Exists(Repository.PathOf(folder)));
        File.Exists(Repository.PathOf("src", "FineTuneFlow.Functions", "FineTuneFlow.Functions.csproj")).ShouldBeTrue();
        Azd.ShouldContain("project: ./src/FineTuneFlow.Functions");
    }

    [Fact]
    public void The_hook_is_there_and_reads_outputs_that_there_are()
    {
        Azd.ShouldContain("run: ./infra/postdeploy.sh");
        string script = Repository.Read("infra", "postdeploy.sh");

        string[] read = [.. Needed().Matches(script).Select(m => m.Groups[1].Value)];
        read.ShouldNotBeEmpty();
        read.Except(BicepFile.Main.Outputs).ShouldBeEmpty();
    }

    [Fact]
    public void Parameters_that_azd_gives_are_the_infrastructures()
    {
        JsonObject given = JsonNode.Parse(Repository.Read("infra", "main.parameters.json"))!["parameters"]!.AsObject();

        given.Select(pair => pair.Key).Except(BicepFile.Main.Parameters.Select(p => p.Name)).ShouldBeEmpty();
        BicepFile.Main.Parameters.Where(p => !p.HasDefault).Select(p => p.Name).Except(given.Select(pair => pair.Key)).ShouldBeEmpty();
        // A default that stands in both places is the same in both.
        foreach ((string name, JsonNode? value) in given)
        {
            Match standIn = StandIn().Match(value!["value"]!.GetValue<string>());
            if (standIn.Groups[2].Success)
            {
                string own = Regex.Match(BicepFile.Main.Text, $@"param {name} \w+ = '?([^'\n]*)'?").Groups[1].Value;
                standIn.Groups[2].Value.ShouldBe(own, name);
            }
        }
    }

    [Fact]
    public void The_deployment_workflow_knows_every_variable_of_the_parameters()
    {
        string workflow = Repository.Read(".github", "workflows", "azure-dev.yml");

        StandIn().Matches(Repository.Read("infra", "main.parameters.json")).Select(m => m.Groups[1].Value)
            .Where(name => !workflow.Contains($" {name}:", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_pins_its_actions_by_commit_and_may_do_little(string file)
    {
        string workflow = Repository.Read(".github", "workflows", file);

        Uses().Matches(workflow).ShouldNotBeEmpty();
        Uses().Matches(workflow).Where(m => !Pinned().IsMatch(m.Value)).Select(m => m.Value).ShouldBeEmpty();
        workflow.ShouldContain("\npermissions:\n  contents: read\n");
        workflow.ShouldNotContain("write-all");
        workflow.ShouldNotContain("pull_request_target");
        workflow.Split('\n').Count(line => line.Contains("timeout-minutes:", StringComparison.Ordinal))
            .ShouldBe(workflow.Split('\n').Count(line => line.TrimStart().StartsWith("runs-on:", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_action_is_pinned_to_one_commit_everywhere()
    {
        string all = string.Concat(Directory.EnumerateFiles(Repository.PathOf(".github", "workflows")).Select(File.ReadAllText));

        Pinned().Matches(all).Select(m => (Action: m.Groups[1].Value, Commit: m.Groups[2].Value)).Distinct()
            .GroupBy(pair => pair.Action).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_but_the_deployment_gets_an_identity()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf(".github", "workflows")))
        {
            File.ReadAllText(file).Contains("id-token: write", StringComparison.Ordinal).ShouldBe(Path.GetFileName(file) == "azure-dev.yml");
        }
    }

    [Fact]
    public void The_build_covers_the_functions_app_the_format_and_the_infrastructure()
    {
        string ci = Repository.Read(".github", "workflows", "ci.yml");

        ci.ShouldContain("dotnet build FineTuneFlow.sln");
        ci.ShouldContain("dotnet format FineTuneFlow.sln --verify-no-changes");
        ci.ShouldContain("./test.sh");
        ci.ShouldContain("az bicep build --file infra/main.bicep");
        ci.ShouldContain("az bicep lint --file infra/main.bicep");
        Repository.Read("FineTuneFlow.sln").ShouldContain("FineTuneFlow.Functions.csproj");
        Repository.Read("FineTuneFlow.sln").ShouldContain("FineTuneFlow.Functions.AppTests.csproj");
    }

    [Fact]
    public void What_is_published_has_the_schedulers_extension_and_builds_do_without_it()
    {
        Repository.Read(".github", "workflows", "ci.yml").ShouldContain("dotnet publish src/FineTuneFlow.Functions");
        string project = Repository.Read("src", "FineTuneFlow.Functions", "FineTuneFlow.Functions.csproj");

        project.ShouldContain("""AzureManaged" Condition="'$(DurableTaskScheduler)' == 'true'" />""");
        project.ShouldContain("$(_IsPublishing)</DurableTaskScheduler>");
    }

    [Fact]
    public void The_workbook_asks_for_figures_that_are_measured()
    {
        string workbook = Repository.Read("infra", "workbook.json");
        JsonNode.Parse(workbook)!["version"]!.GetValue<string>().ShouldBe("Notebook/1.0");
        using var telemetry = new FlowTelemetry();
        HashSet<string> measured = [];
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == telemetry.Meter)
                {
                    measured.Add(instrument.Name);
                }
            },
        };
        listener.Start();

        string[] asked = [.. Figure().Matches(workbook).Select(m => m.Groups[1].Value).Distinct()];
        asked.ShouldBe(measured, ignoreOrder: true);
    }

    [Fact]
    public void The_blob_functions_address_in_the_script_is_the_functions() =>
        Repository.Read("infra", "postdeploy.sh").ShouldContain($"functionName=Host.Functions.{FunctionMethod.All.Single(f => f.TriggerKind == "BlobTrigger").Name}&");

    [GeneratedRegex(@"project: \./(\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"^  (\w+):$", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex("'azd-service-name': '([^']+)'")]
    private static partial Regex ServiceTag();

    [GeneratedRegex(@"^: ""\$\{(\w+):\?", RegexOptions.Multiline)]
    private static partial Regex Needed();

    [GeneratedRegex(@"\$\{(\w+)(?:=([^}]*))?\}")]
    private static partial Regex StandIn();

    [GeneratedRegex(@"uses: .*$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$", RegexOptions.Multiline)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"'(finetuneflow\.[a-z.]+)'(?!\])")]
    private static partial Regex Figure();
}
