using System.Text.Json;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The header by which App Service says who is signed in.</summary>
internal static class PlatformPrincipal
{
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>The tenant whose accounts the tests' app lets in.</summary>
    public const string Tenant = "11111111-1111-1111-1111-111111111111";

    public static string Of(string tenant = Tenant, string? role = null)
    {
        var claims = new List<object>
        {
            new { typ = "preferred_username", val = "ana@example.org" },
            new { typ = "http://schemas.microsoft.com/identity/claims/tenantid", val = tenant },
        };
        if (role is not null)
        {
            claims.Add(new { typ = "roles", val = role });
        }

        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new { auth_typ = "aad", claims, name_typ = "name", role_typ = "roles" }));
    }
}
