namespace FineTuneFlow.Cli.Stack;

/// <summary>Azurite's account, the same on every machine and documented as such: no secret.</summary>
internal static class DevelopmentStorage
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static string ConnectionString(Uri blobEndpoint) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={blobEndpoint.ToString().TrimEnd('/')};";
}
