using System.Diagnostics;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>The post-deploy script with an az and a curl that write down what they were asked.</summary>
public sealed class PostDeployTests : IDisposable
{
    private const string Key = "s3cret-extension-key";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-postdeploy-");

    private string Calls => Path.Combine(_folder.FullName, "calls");

    [Fact]
    public void It_subscribes_the_app_to_the_drops_and_sees_it_well()
    {
        Stub("az", $"case \"$1\" in functionapp) echo {Key};; esac");
        Stub("curl", "exit 0");

        (int exit, string output) = Run();

        exit.ShouldBe(0, output);
        string call = File.ReadAllLines(Calls).Single(line => line.StartsWith("az eventgrid", StringComparison.Ordinal));
        call.ShouldContain("system-topic event-subscription create --name drops --resource-group rg-test --system-topic-name evgt-test");
        call.ShouldContain($"--endpoint https://func-test.example/runtime/webhooks/blobs?functionName=Host.Functions.OnDrop&code={Key}");
        call.ShouldContain("--included-event-types Microsoft.Storage.BlobCreated");
        call.ShouldContain($"--subject-begins-with /blobServices/default/containers/{RunPaths.Drops}/");
        File.ReadAllText(Calls).ShouldContain("https://func-test.example/api/health");
        output.ShouldNotContain(Key);
    }

    [Fact]
    public void It_waits_for_the_key_that_comes_with_the_hosts_first_start()
    {
        Stub("az", $"case \"$1\" in functionapp) [ $(grep -c functionapp \"{Calls}\") -ge 3 ] && echo {Key} || echo None;; esac");
        Stub("curl", "exit 0");

        Run().Exit.ShouldBe(0);
        File.ReadAllLines(Calls).Count(line => line.StartsWith("az functionapp keys list", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public void Without_a_key_it_says_so_and_subscribes_nothing()
    {
        Stub("az", "exit 0");
        Stub("curl", "exit 0");

        (int exit, string output) = Run();

        exit.ShouldBe(1);
        output.ShouldContain("blobs_extension");
        File.ReadAllText(Calls).ShouldNotContain("eventgrid");
    }

    [Fact]
    public void A_subscription_that_fails_stops_the_deployment()
    {
        Stub("az", $"case \"$1\" in functionapp) echo {Key};; *) echo 'validation failed' >&2; exit 3;; esac");
        Stub("curl", "exit 0");

        Run().Exit.ShouldNotBe(0);
        File.ReadAllText(Calls).ShouldNotContain("health");
    }

    [Fact]
    public void An_app_that_is_not_well_fails_it_and_shows_why()
    {
        Stub("az", $"case \"$1\" in functionapp) echo {Key};; esac");
        Stub("curl", "case \"$*\" in *--fail*) exit 22;; *) echo '{\"storage\":\"forbidden\"}';; esac");

        (int exit, string output) = Run();

        exit.ShouldBe(1);
        output.ShouldContain("forbidden");
        output.ShouldNotContain(Key);
    }

    [Fact]
    public void A_missing_output_is_named()
    {
        Stub("az", "exit 0");
        Stub("curl", "exit 0");

        (int exit, string output) = Run(without: "AZURE_EVENT_GRID_TOPIC_NAME");

        exit.ShouldNotBe(0);
        output.ShouldContain("AZURE_EVENT_GRID_TOPIC_NAME");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Stub(string name, string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script is for sh");
#pragma warning disable CA1416 // the line above
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, $"#!/bin/sh\necho \"{name} $*\" >> \"{Calls}\"\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    private (int Exit, string Output) Run(string? without = null)
    {
        var start = new ProcessStartInfo("/bin/sh", [Repository.PathOf("infra", "postdeploy.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:/usr/bin:/bin";
        start.Environment["AZURE_FUNCTION_APP_NAME"] = "func-test";
        start.Environment["AZURE_RESOURCE_GROUP"] = "rg-test";
        start.Environment["AZURE_EVENT_GRID_TOPIC_NAME"] = "evgt-test";
        start.Environment["SERVICE_API_URI"] = "https://func-test.example";
        start.Environment["POSTDEPLOY_TRIES"] = "4";
        start.Environment["POSTDEPLOY_PAUSE"] = "0";
        if (without is not null)
        {
            start.Environment.Remove(without);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
