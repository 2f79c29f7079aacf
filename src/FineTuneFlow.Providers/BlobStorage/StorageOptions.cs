using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>What holds everything. A storage account, by a connection string (<c>Datasets</c>) or by an address with an identity
/// (<c>Datasets__blobServiceUri</c>, <c>Datasets__credential</c>, <c>Datasets__clientId</c>), the names that the blob trigger
/// reads too; or a folder of this machine (<c>Datasets__folder</c>), which only the local host can work on.</summary>
public sealed record StorageOptions
{
    public const string Section = "Datasets";

    /// <summary>Where Azurite listens when nothing is configured.</summary>
    public const string DevelopmentStorage = "UseDevelopmentStorage=true";

    public string? ConnectionString { get; init; }

    /// <summary>Plain files below this folder.</summary>
    public string? Folder { get; init; }

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
        if (section["folder"] is { Length: > 0 } folder)
        {
            return section.Value is null or DevelopmentStorage && address is null
                ? new StorageOptions { Folder = folder }
                : throw new FlowException(new Failure(
                    FailureKind.InvalidInput, "a folder and a storage account are both set", "Set one of them", Field: $"{Section}__folder"));
        }

        if (address is null)
        {
            return new StorageOptions { ConnectionString = section.Value ?? DevelopmentStorage };
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"\"{address}\" is not an address",
                "Give the blob service's address, such as https://ACCOUNT.blob.core.windows.net",
                Field: $"{Section}__blobServiceUri"));
        }

        return new StorageOptions { BlobServiceUri = uri, Credential = section["credential"], ClientId = section["clientId"] };
    }
}
