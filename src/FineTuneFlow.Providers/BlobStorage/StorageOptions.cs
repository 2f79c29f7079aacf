using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>Which storage account holds everything. Either a connection string (<c>Datasets</c>) or an address with an
/// identity (<c>Datasets__blobServiceUri</c>, <c>Datasets__credential</c>, <c>Datasets__clientId</c>), the names that the
/// blob trigger reads too.</summary>
public sealed record StorageOptions
{
    public const string Section = "Datasets";

    /// <summary>Where Azurite listens when nothing is configured.</summary>
    public const string DevelopmentStorage = "UseDevelopmentStorage=true";

    public string? ConnectionString { get; init; }

    public Uri? BlobServiceUri { get; init; }

    /// <summary><c>managedidentity</c>, or null for the developer's sign-in.</summary>
    public string? Credential { get; init; }

    /// <summary>Client id of a user-assigned identity.</summary>
    public string? ClientId { get; init; }

    /// <exception cref="FlowException">InvalidInput, naming the setting.</exception>
    public static StorageOptions Read(IConfiguration settings)
    {
        IConfigurationSection section = SettingNames.Flatten(settings).GetSection(Section);
        string? address = section["blobServiceUri"];
        if (address is null)
        {
            return new StorageOptions { ConnectionString = section.Value ?? DevelopmentStorage };
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"\"{address}\" is no address",
                "Give the blob service's address, such as https://ACCOUNT.blob.core.windows.net",
                Field: $"{Section}__blobServiceUri"));
        }

        return new StorageOptions { BlobServiceUri = uri, Credential = section["credential"], ClientId = section["clientId"] };
    }
}
