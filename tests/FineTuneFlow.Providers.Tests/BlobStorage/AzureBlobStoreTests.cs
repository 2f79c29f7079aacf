using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.Tests.Storage;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.BlobStorage;

public sealed class AzureBlobStoreTests(Azurite azurite) : BlobStoreContract
{
    private const string Container = "faults";

    protected override IBlobStore Store { get; } = new AzureBlobStore(new StorageOptions { ConnectionString = azurite.ConnectionString });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_key_is_refused_and_an_absent_account_is_unavailable_and_neither_shows_the_key()
    {
        const string Wrong = "d3Jvbmc=";
        var refused = new AzureBlobStore(new StorageOptions
        {
            ConnectionString = System.Text.RegularExpressions.Regex.Replace(azurite.ConnectionString, "AccountKey=[^;]*", "AccountKey=" + Wrong),
        });
        var absent = new AzureBlobStore(
            new StorageOptions { ConnectionString = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={Wrong};BlobEndpoint=http://127.0.0.1:1/a;" },
            maxRetries: 0);
        BlobPath path = BlobPath.Of(Container, "a");

        FlowException first = await Should.ThrowAsync<FlowException>(() => refused.OpenAsync(path, Cancelled));
        FlowException second = await Should.ThrowAsync<FlowException>(() => absent.WriteAsync(path, new MemoryStream(Encoding.UTF8.GetBytes("x")), cancellation: Cancelled));

        // Azure says AuthenticationFailed to a wrong key, Azurite AuthorizationFailure.
        first.Failure.Kind.ShouldBe(FailureKind.Forbidden);
        second.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        (first.Message + second.Message).ShouldNotContain(Wrong);
    }

    [Fact]
    public void A_setting_that_is_no_connection_string_is_refused_by_name_without_repeating_it()
    {
        FlowException refused = Should.Throw<FlowException>(
            () => new AzureBlobStore(new StorageOptions { ConnectionString = "AccountKey=secret" }));
        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Field.ShouldBe("Datasets");
        refused.ToString().ShouldNotContain("secret");
    }
}
