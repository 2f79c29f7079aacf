using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Functions.Http;

/// <summary>Who the platform's sign-in (App Service authentication with Entra) has let in. The header that names the person is
/// believed only where the platform itself says that its sign-in is on: it strips the header from what callers send, and nothing
/// else does.</summary>
public sealed class PlatformSignIn(IConfiguration settings)
{
    private const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL";
    private const string PageHeader = "X-FineTuneFlow-Page";
    private static readonly string[] NameClaims = ["preferred_username", "name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"];
    private static readonly string[] TenantClaims = ["tid", "http://schemas.microsoft.com/identity/claims/tenantid"];

    private readonly bool _isOn = string.Equals(settings["WEBSITE_AUTH_ENABLED"], "true", StringComparison.OrdinalIgnoreCase);
    private readonly string[] _tenants =
        (settings["WEBSITE_AUTH_AAD_ALLOWED_TENANTS"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
    private readonly string? _role = settings["Dashboard:Role"];

    public PageSession SessionOf(HttpRequest request)
    {
        if (!_isOn)
        {
            return new PageSession(PageAccess.Key, "/api", DashboardFiles.Version);
        }

        return PrincipalOf(request) is { } principal
            ? new PageSession(PageAccess.SignedIn, "/ui/api", DashboardFiles.Version, NameOf(principal), SignOut: "/.auth/logout?post_logout_redirect_uri=/")
            : new PageSession(PageAccess.SignIn, "/ui/api", DashboardFiles.Version, SignIn: "/.auth/login/aad?post_login_redirect_uri=");
    }

    /// <summary>Why a request for the pages' data is not answered; null: it is.</summary>
    public Failure? Refusal(HttpRequest request)
    {
        if (!_isOn)
        {
            return new Failure(
                FailureKind.Forbidden, "the sign-in of this app is off", "Call the routes under /api with a function key, or deploy with AUTH_CLIENT_ID (docs/deploy.md).");
        }

        if (PrincipalOf(request) is not { } principal)
        {
            return new Failure(FailureKind.Unauthenticated, "nobody is signed in", "Open / in the browser and sign in.");
        }

        if (_tenants.Length > 0 && !_tenants.Contains(ClaimOf(principal, TenantClaims), StringComparer.OrdinalIgnoreCase))
        {
            return new Failure(FailureKind.Forbidden, "this account is of another tenant", "Sign in with an account of the tenant that the app was deployed for.");
        }

        if (_role is { Length: > 0 } && !RolesOf(principal).Contains(_role, StringComparer.Ordinal))
        {
            return new Failure(FailureKind.Forbidden, $"this account does not have the role {_role}", "Have it assigned in the app's enterprise application.");
        }

        // The cookie of a signed-in browser goes with requests that a foreign page makes it send; this header cannot.
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        return changes && (!request.Headers.ContainsKey(PageHeader) || request.Headers["Sec-Fetch-Site"].ToString() is not ("same-origin" or ""))
            ? new Failure(FailureKind.Forbidden, "a web page from elsewhere may not change anything here", "Use the pages that this app serves.")
            : null;
    }

    private JsonObject? PrincipalOf(HttpRequest request)
    {
        if (!_isOn || request.Headers[PrincipalHeader].ToString() is not { Length: > 0 } header)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Convert.FromBase64String(header)) is JsonObject principal && (string?)principal["auth_typ"] == "aad" ? principal : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonObject principal) => ClaimOf(principal, NameClaims);

    private static string? ClaimOf(JsonObject principal, string[] types) =>
        types.Select(type => Claims(principal).FirstOrDefault(claim => claim.Type == type).Value).FirstOrDefault(value => value is not null);

    private static IEnumerable<string> RolesOf(JsonObject principal)
    {
        string? kind = (string?)principal["role_typ"];
        return Claims(principal).Where(claim => claim.Type == "roles" || claim.Type == kind).Select(claim => claim.Value!);
    }

    private static IEnumerable<(string? Type, string? Value)> Claims(JsonObject principal) =>
        (principal["claims"] as JsonArray ?? []).Select(claim => ((string?)claim?["typ"], (string?)claim?["val"]));
}
