using System.Net;
using System.Text.Json.Nodes;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Local.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Local.Tests.Backups;

public sealed class BackupMappingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-backup-");

    [Fact]
    public async Task A_storage_that_lies_elsewhere_is_not_backed_up_since_it_would_not_be_restored_there()
    {
        string elsewhere = Path.Combine(_folder.FullName, "elsewhere");
        await using WebApplication host = LocalHost.Build(
        [
            "--FTF_HOME", Path.Combine(_folder.FullName, "home"), "--Port", "0", "--LogLevel", "Warning", "--Datasets:folder", elsewhere, "--DropWatchSeconds", "86400",
        ]);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };

        using HttpResponseMessage answer = await http.GetAsync(BackupMapping.Path, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonNode problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        problem["field"]!.GetValue<string>().ShouldBe("Datasets__folder");
        problem["title"]!.GetValue<string>().ShouldContain(elsewhere);
        problem["remedy"]!.GetValue<string>().ShouldContain(Path.Combine(_folder.FullName, "home", "storage"));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
