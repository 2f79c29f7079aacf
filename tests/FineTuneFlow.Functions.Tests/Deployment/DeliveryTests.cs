using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Functions.Tests.Sources;
using FineTuneFlow.Tests;
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

        // The trainer's service comes with its image, which is not part of every checkout.
        string[] expected = Directory.Exists(Repository.PathOf("src", "FineTuneFlow.Trainer")) ? ["api", "baseline"] : ["api"];
        services.ShouldBe(expected);
        services.Except(tagged).ShouldBeEmpty();
        // azd up stops at a service whose project is not there.
        Project().Matches(Azd).Select(m => m.Groups[1].Value).ShouldAllBe(folder => Directory.Exists(Repository.PathOf(folder)));
        File.Exists(Repository.PathOf("src", "FineTuneFlow.Functions", "FineTuneFlow.Functions.csproj")).ShouldBeTrue();
        Azd.ShouldContain("project: ./src/FineTuneFlow.Functions");
    }

    [Fact]
    public void The_hooks_are_there_and_read_outputs_that_there_are()
    {
        string[] hooks = [.. Hook().Matches(Azd).Select(m => m.Groups[1].Value)];
        hooks.ShouldBe(["preprovision", "postprovision", "postdeploy"]);

        foreach (string hook in hooks)
        {
            string[] read = [.. Needed().Matches(Repository.Read("infra", "hooks", $"{hook}.sh")).Select(m => m.Groups[1].Value)];
            read.Except(BicepFile.Main.Outputs).ShouldBeEmpty(hook);
        }
    }

    /// <summary><c>azd pipeline config</c> makes credentials for branches and pull requests, and none for environments of GitHub.</summary>
    [Fact]
    public void The_deployment_runs_on_a_branch_that_azd_makes_a_credential_for()
    {
        string workflow = Repository.Read(".github", "workflows", "azure-dev.yml");

        workflow.ShouldNotContain("\n    environment:");
        workflow.ShouldContain("  workflow_dispatch:");
        Versions().Match(workflow).Groups[1].Value.ShouldNotBeEmpty("azd is pinned, so that a deployment does not change by itself");
    }

    [Fact]
    public void The_pipeline_is_handed_every_choice()
    {
        string[] handed = [.. Handed().Matches(Azd[Azd.IndexOf("pipeline:", StringComparison.Ordinal)..]).Select(m => m.Groups[1].Value)];
        string[] azds = ["AZURE_ENV_NAME", "AZURE_LOCATION", "SERVICE_BASELINE_RESOURCE_EXISTS"];

        string[] chosen = [.. StandIn().Matches(Repository.Read("infra", "main.parameters.json")).Select(m => m.Groups[1].Value).Except(azds)];
        handed.ShouldBe([.. chosen, "DEPLOY_BASELINE", "TRAINER_TORCH"], ignoreOrder: true);
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
            // azd finds it out itself before it provisions.
            .Where(name => name != "SERVICE_BASELINE_RESOURCE_EXISTS")
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
    public void What_is_published_is_for_the_backend_that_azd_chose_and_builds_do_without_the_schedulers_extension()
    {
        Repository.Read(".github", "workflows", "ci.yml").ShouldContain("dotnet publish src/FineTuneFlow.Functions");

        Evaluated().ShouldBe(("storage", "host.storage.json", false));
        Evaluated("-p:_IsPublishing=true").ShouldBe(("scheduler", "host.json", true));
        Evaluated("-p:_IsPublishing=true", "-p:DURABLE_BACKEND=storage").ShouldBe(("storage", "host.storage.json", false));
    }

    [Fact]
    public void The_workbook_asks_for_figures_that_are_measured()
    {
        string workbook = Repository.Read("infra", "workbook.json");
        JsonNode.Parse(workbook)!["version"]!.GetValue<string>().ShouldBe("Notebook/1.0");
        string[] asked = [.. Figure().Matches(workbook).Select(m => m.Groups[1].Value).Distinct()];
        asked.ShouldBe(Measured(), ignoreOrder: true);
    }

    [Fact]
    public void The_alerts_ask_for_figures_that_are_measured()
    {
        string[] asked = [.. AlertFigure().Matches(Repository.Read("infra", "modules", "alerts.bicep")).Select(m => m.Groups[1].Value)];

        asked.ShouldNotBeEmpty();
        asked.Except(Measured()).ShouldBeEmpty();
    }

    [Fact]
    public void The_blob_functions_address_in_the_script_is_the_functions() =>
        Repository.Read("infra", "hooks", "postdeploy.sh").ShouldContain($"functionName=Host.Functions.{FunctionMethod.All.Single(f => f.TriggerKind == "BlobTrigger").Name}&");

    private static HashSet<string> Measured()
    {
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
        return measured;
    }

    /// <summary>The project's durable backend, its host.json and whether it takes the scheduler's extension, as MSBuild evaluates them.</summary>
    private static (string Backend, string HostFile, bool Scheduler) Evaluated(params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            "msbuild", Repository.PathOf("src", "FineTuneFlow.Functions", "FineTuneFlow.Functions.csproj"), .. properties,
            "-getProperty:DurableBackend", "-getProperty:HostFile", "-getItem:PackageReference",
        ])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        JsonNode said = JsonNode.Parse(process.StandardOutput.ReadToEnd())!;
        process.WaitForExit();
        return (
            said["Properties"]!["DurableBackend"]!.GetValue<string>(),
            said["Properties"]!["HostFile"]!.GetValue<string>(),
            said["Items"]!["PackageReference"]!.AsArray().Any(one => one!["Identity"]!.GetValue<string>().EndsWith("AzureManaged", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^  (\w+):\n    shell: sh\n    run: \./infra/hooks/\1\.sh$", RegexOptions.Multiline)]
    private static partial Regex Hook();

    [GeneratedRegex(@"^    - (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Handed();

    [GeneratedRegex(@"^          version: (\d+\.\d+\.\d+)$", RegexOptions.Multiline)]
    private static partial Regex Versions();

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

    [GeneratedRegex("name == \"(finetuneflow\\.[a-z.]+)\"")]
    private static partial Regex AlertFigure();

    [GeneratedRegex(@"'(finetuneflow\.[a-z.]+)'(?!\])")]
    private static partial Regex Figure();
}
