namespace FineTuneFlow.Functions.Tests.Deployment;

public sealed class SignInHookTests : IDisposable
{
    private const string MakesApp = "case \"$1 $2 $3\" in 'ad app create') echo app-id;; 'account show '*) echo tenant-id;; esac";
    private readonly HookRun _hook = new();

    public SignInHookTests()
    {
        _hook.Environment["AZURE_ENV_NAME"] = "reviews";
        _hook.Environment["AZURE_SIGN_IN_IDENTITY_PRINCIPAL_ID"] = "principal-id";
        _hook.Environment["SERVICE_API_URI"] = "https://func-test.example";
        _hook.Stub("azd", "exit 0");
    }

    [Fact]
    public void It_makes_a_registration_without_a_secret_for_assigned_people_only()
    {
        _hook.Stub("az", MakesApp);

        (int exit, string output) = _hook.Run("sign-in");

        exit.ShouldBe(0, output);
        string calls = string.Join('\n', _hook.Calls);
        calls.ShouldContain("--web-redirect-uris https://func-test.example/.auth/login/aad/callback");
        calls.ShouldContain("az ad sp update --id app-id --set appRoleAssignmentRequired=true");
        calls.ShouldContain("\"issuer\": \"https://login.microsoftonline.com/tenant-id/v2.0\"");
        calls.ShouldContain("\"subject\": \"principal-id\"");
        calls.ShouldContain("azd env set AUTH_CLIENT_ID app-id");
        calls.ShouldNotContain("credential reset");
    }

    [Fact]
    public void A_second_run_makes_nothing_twice()
    {
        _hook.Environment["AUTH_CLIENT_ID"] = "app-id";
        _hook.Stub("az", "case \"$*\" in *federated-credential\\ list*) echo finetuneflow;; account*) echo tenant-id;; esac");

        _hook.Run("sign-in").Exit.ShouldBe(0);

        _hook.Calls.ShouldNotContain(line => line.Contains("create", StringComparison.Ordinal));
    }

    [Fact]
    public void Somebody_who_may_not_register_applications_is_told_the_role()
    {
        _hook.Stub("az", "case \"$1 $2\" in 'ad app') echo 'Insufficient privileges' >&2; exit 1;; esac");

        (int exit, string output) = _hook.Run("sign-in");

        exit.ShouldBe(1);
        output.ShouldContain("Insufficient privileges");
        output.ShouldContain("Application Developer");
        _hook.Calls.ShouldNotContain(line => line.StartsWith("azd", StringComparison.Ordinal));
    }

    public void Dispose() => _hook.Dispose();
}
