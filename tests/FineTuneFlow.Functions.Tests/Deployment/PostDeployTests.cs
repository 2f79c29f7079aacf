using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Functions.Tests.Deployment;

public sealed class PostDeployTests : IDisposable
{
    private const string Key = "s3cret-extension-key";
    private const string Gives = $"case \"$1\" in functionapp) echo {Key};; esac";
    private readonly HookRun _hook = new();

    public PostDeployTests()
    {
        _hook.Environment["AZURE_FUNCTION_APP_NAME"] = "func-test";
        _hook.Environment["AZURE_RESOURCE_GROUP"] = "rg-test";
        _hook.Environment["AZURE_EVENT_GRID_TOPIC_NAME"] = "evgt-test";
        _hook.Environment["AZURE_DEAD_LETTER_CONTAINER_ID"] = "/subscriptions/x/containers/dead-letters";
        _hook.Environment["SERVICE_API_URI"] = "https://func-test.example";
        _hook.Environment["POSTDEPLOY_TRIES"] = "4";
        _hook.Environment["POSTDEPLOY_PAUSE"] = "0";
        _hook.Stub("curl", "exit 0");
    }

    [Fact]
    public void It_subscribes_the_app_to_the_drops_and_sees_it_well()
    {
        _hook.Stub("az", Gives);

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldBe(0, output);
        string call = _hook.Calls.Single(line => line.StartsWith("az eventgrid", StringComparison.Ordinal));
        call.ShouldContain("system-topic event-subscription create --name drops --resource-group rg-test");
        call.ShouldContain("--system-topic-name evgt-test");
        call.ShouldContain($"--endpoint https://func-test.example/runtime/webhooks/blobs?functionName=Host.Functions.OnDrop&code={Key}");
        call.ShouldContain("--included-event-types Microsoft.Storage.BlobCreated");
        call.ShouldContain($"--subject-begins-with /blobServices/default/containers/{RunPaths.Drops}/");
        call.ShouldContain("--deadletter-identity systemassigned --deadletter-identity-endpoint /subscriptions/x/containers/dead-letters");
        _hook.Calls.ShouldContain(line => line.Contains("https://func-test.example/api/health", StringComparison.Ordinal));
        output.ShouldNotContain(Key);
    }

    [Fact]
    public void A_second_deployment_asks_for_the_same_again()
    {
        _hook.Stub("az", Gives);

        _hook.Run("postdeploy").Exit.ShouldBe(0);
        string[] first = _hook.Calls;
        _hook.Run("postdeploy").Exit.ShouldBe(0);

        _hook.Calls.ShouldBe([.. first, .. first]);
    }

    [Fact]
    public void It_works_on_the_subscription_of_azd_and_not_on_that_of_az()
    {
        _hook.Stub("az", Gives);

        _hook.Run("postdeploy").Exit.ShouldBe(0);

        _hook.Calls.Where(line => line.StartsWith("az ", StringComparison.Ordinal)).ShouldAllBe(line => line.Contains($"--subscription {HookRun.Subscription}", StringComparison.Ordinal));
    }

    /// <summary>azd and az sign in separately: who followed azd's prompts alone would wait for a key that never comes.</summary>
    [Fact]
    public void Signed_out_of_az_it_says_at_once_how_to_sign_in()
    {
        _hook.Stub("az", "echo \"Please run 'az login' to setup account.\" >&2; exit 1");

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldBe(1);
        output.ShouldContain("Please run 'az login' to setup account.");
        output.ShouldContain($"postdeploy: az cannot use the subscription {HookRun.Subscription}");
        output.ShouldContain("run 'az login', which is separate from 'azd auth login'");
        _hook.Calls.Length.ShouldBe(1);
    }

    /// <summary>Git Bash turns an argument that begins with a slash into a path of Windows unless it is told not to.</summary>
    [Fact]
    public void On_windows_paths_of_azure_stay_what_they_are()
    {
        _hook.Stub("az", $"[ \"$MSYS_NO_PATHCONV\" = 1 ] || exit 9\n{Gives}");

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldBe(0, output);
    }

    [Fact]
    public void It_waits_for_the_key_that_comes_with_the_hosts_first_start()
    {
        _hook.Stub("az", $"case \"$1\" in functionapp) [ $(grep -c functionapp \"{_hook.CallsFile}\") -ge 3 ] && echo {Key} || echo None;; esac");

        _hook.Run("postdeploy").Exit.ShouldBe(0);
        _hook.Calls.Count(line => line.StartsWith("az functionapp keys list", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public void Without_a_key_it_says_what_az_said_and_subscribes_nothing()
    {
        _hook.Stub("az", "case \"$1\" in functionapp) echo 'ERROR: AuthorizationFailed' >&2; exit 1;; esac");

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldBe(1);
        output.ShouldContain("blobs_extension");
        output.ShouldContain("ERROR: AuthorizationFailed");
        _hook.Calls.ShouldNotContain(line => line.Contains("eventgrid", StringComparison.Ordinal));
    }

    [Fact]
    public void A_subscription_that_fails_stops_the_deployment()
    {
        _hook.Stub("az", $"case \"$1\" in functionapp) echo {Key};; eventgrid) echo 'validation failed' >&2; exit 3;; esac");

        _hook.Run("postdeploy").Exit.ShouldNotBe(0);
        _hook.Calls.ShouldNotContain(line => line.Contains("health", StringComparison.Ordinal));
    }

    [Fact]
    public void An_app_that_is_not_well_fails_it_and_shows_why()
    {
        _hook.Stub("az", Gives);
        _hook.Stub("curl", "case \"$*\" in *--fail*) exit 22;; *) echo '{\"storage\":\"forbidden\"}';; esac");

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldBe(1);
        output.ShouldContain("forbidden");
        output.ShouldNotContain(Key);
    }

    [Fact]
    public void A_missing_output_is_named()
    {
        _hook.Stub("az", "exit 0");
        _hook.Environment.Remove("AZURE_EVENT_GRID_TOPIC_NAME");

        (int exit, string output) = _hook.Run("postdeploy");

        exit.ShouldNotBe(0);
        output.ShouldContain("AZURE_EVENT_GRID_TOPIC_NAME");
    }

    public void Dispose() => _hook.Dispose();
}
