using Azure.Core;
using Azure.Identity;

namespace FineTuneFlow.Providers;

/// <summary>The Entra identity that settings name, as Azure Functions' own connections do: <c>credential</c> is
/// <c>managedidentity</c> in the cloud; left out, the developer's own sign-in is found.</summary>
internal static class AzureIdentity
{
    public static TokenCredential From(string? credential, string? clientId) =>
        string.Equals(credential, "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
}
