using System.Text.Json.Nodes;

namespace FineTuneFlow.Functions.Tests.Deployment;

public sealed class ProvisioningHookTests : IDisposable
{
    private readonly HookRun _hook = new();

    public ProvisioningHookTests()
    {
        _hook.Stub("az", "exit 0");
        _hook.Stub("azd", "exit 0");
    }

    [Theory]
    [InlineData("none", "false", "cpu", false)]
    [InlineData("cpu", "true", "cpu", true)]
    [InlineData("t4", "true", "cuda", true)]
    [InlineData("a100", "true", "cuda", true)]
    public void The_machine_decides_whether_the_trainer_is_deployed_and_with_which_libraries(string machine, string deploy, string torch, bool registers)
    {
        _hook.Environment["BASELINE_MACHINE"] = machine;

        (int exit, string output) = _hook.Run("preprovision");

        exit.ShouldBe(0, output);
        _hook.Calls.ShouldContain($"azd env set DEPLOY_BASELINE {deploy}");
        _hook.Calls.ShouldContain($"azd env set TRAINER_TORCH {torch}");
        _hook.Calls.Contains($"az provider register --namespace Microsoft.App --subscription {HookRun.Subscription} --wait").ShouldBe(registers);
    }

    [Fact]
    public void A_private_network_needs_the_provider_that_its_subnets_are_delegated_to()
    {
        _hook.Environment["PRIVATE_NETWORKING"] = "true";

        _hook.Run("preprovision").Exit.ShouldBe(0);

        _hook.Calls.ShouldContain(line => line.StartsWith("az provider register --namespace Microsoft.App", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_machine_is_refused_with_those_there_are()
    {
        _hook.Environment["BASELINE_MACHINE"] = "h100";

        (int exit, string output) = _hook.Run("preprovision");

        exit.ShouldBe(1);
        output.ShouldContain("BASELINE_MACHINE is 'h100': use none, cpu, t4 or a100");
        _hook.Calls.ShouldNotContain(line => line.StartsWith("azd", StringComparison.Ordinal));
    }

    [Fact]
    public void A_subscription_that_may_not_register_says_who_can()
    {
        _hook.Environment["BASELINE_MACHINE"] = "cpu";
        _hook.Stub("az", "case \"$1\" in provider) echo denied >&2; exit 1;; esac");

        (int exit, string output) = _hook.Run("preprovision");

        exit.ShouldBe(1);
        output.ShouldContain("denied");
        output.ShouldContain("az provider register --namespace Microsoft.App --wait");
    }

    [Fact]
    public void The_month_that_a_budget_began_in_stays()
    {
        _hook.Environment["BUDGET_START"] = "2026-12-01";
        _hook.Run("preprovision").Exit.ShouldBe(0);
        _hook.Calls.ShouldNotContain(line => line.Contains("BUDGET_START", StringComparison.Ordinal));

        _hook.Environment.Remove("BUDGET_START");
        _hook.Run("preprovision").Exit.ShouldBe(0);
        _hook.Calls.ShouldContain(line => line.StartsWith("azd env set BUDGET_START ", StringComparison.Ordinal) && line.EndsWith("-01", StringComparison.Ordinal));
    }

    [Fact]
    public void Signed_out_of_az_nothing_is_provisioned()
    {
        _hook.Stub("az", "exit 1");

        (int exit, string output) = _hook.Run("preprovision");

        exit.ShouldBe(1);
        output.ShouldContain("az login");
    }

    [Fact]
    public void Settings_for_a_machine_name_the_deployed_data_and_scheduler_and_are_their_owners()
    {
        Deployed();

        (int exit, string output) = _hook.Run("postprovision");

        exit.ShouldBe(0, output);
        string file = _hook.PathOf("local.settings.json");
        JsonObject values = JsonNode.Parse(File.ReadAllText(file))!["Values"]!.AsObject();
        values["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"]!.GetValue<string>().ShouldBe("Endpoint=https://dts.example;Authentication=DefaultAzure");
        values["Datasets__blobServiceUri"]!.GetValue<string>().ShouldBe("https://stdata.blob.core.windows.net/");
        values["TASKHUB_NAME"]!.GetValue<string>().ShouldBe("FineTuneFlow");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        // What the hook made it makes anew.
        _hook.Environment["DURABLE_TASK_SCHEDULER_ENDPOINT"] = "https://other.example";
        _hook.Run("postprovision").Exit.ShouldBe(0);
        File.ReadAllText(file).ShouldContain("https://other.example");
    }

    [Fact]
    public void Settings_of_somebodys_own_are_left_as_they_are()
    {
        Deployed();
        string file = _hook.PathOf("local.settings.json");
        File.WriteAllText(file, """{ "Values": { "Providers__openai__Key": "mine" } }""");

        (int exit, string output) = _hook.Run("postprovision");

        exit.ShouldBe(0);
        output.ShouldContain("left as it is");
        File.ReadAllText(file).ShouldContain("mine");
    }

    public void Dispose() => _hook.Dispose();

    private void Deployed()
    {
        _hook.Environment["DURABLE_TASK_SCHEDULER_ENDPOINT"] = "https://dts.example";
        _hook.Environment["AZURE_STORAGE_ACCOUNT_NAME"] = "stdata";
        _hook.Environment["TASKHUB_NAME"] = "FineTuneFlow";
    }
}
