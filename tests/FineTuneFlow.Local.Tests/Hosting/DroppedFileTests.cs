using System.Net;
using System.Text;
using Azure.Storage.Blobs;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>Files that appear in the storage container, where nobody waits for an answer.</summary>
public class DroppedFileTests(WatchingHostFixture host, Azurite azurite) : IClassFixture<WatchingHostFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_file_dropped_into_the_container_starts_a_run_with_the_projects_recipe()
    {
        using (var recipe = new StringContent(HostFixture.Recipe, Encoding.UTF8, "application/json"))
        {
            (await host.Http.PutAsync("projects/watched/recipe", recipe, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await UploadAsync("drops", "watched/june.csv", HostFixture.Reviews(120, seed: 2));

        RunView run = await host.UntilAsync((await FirstRunOfAsync("watched")).RunId, r => r.EndedAt is not null);
        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        run.Drop!.Path.ShouldBe("drops/watched/june.csv");
        run.Candidates.Select(c => c.Record.Name).ShouldBe(["one", "two", "linear"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_drop_ends_as_a_failed_run_that_says_what_is_wrong()
    {
        await UploadAsync("drops", "broken/empty.csv", "review,star\n");

        RunView run = await host.UntilAsync((await FirstRunOfAsync("broken")).RunId, r => r.EndedAt is not null);

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Failure!.Message.ShouldNotBeNullOrEmpty();
        run.Failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_drop_that_can_start_no_run_is_told_of_in_the_list_until_it_is_taken_away()
    {
        await UploadAsync("drops", "No Project/june.csv", HostFixture.Reviews(50));

        RefusedDrop refused = (await UntilAsync("runs", list => list.Refused.Any(r => r.Drop == "drops/No Project/june.csv"))).Refused
            .Single(r => r.Drop == "drops/No Project/june.csv");
        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Remedy.ShouldNotBeNull().ShouldContain("drops/{project}/{name}.csv");
        (await UntilAsync("runs?project=other", _ => true)).Refused.ShouldBeEmpty();

        await Client("drops").GetBlobClient("No Project/june.csv").DeleteAsync(cancellationToken: Cancellation);
        (await UntilAsync("runs", _ => true)).Refused.ShouldNotContain(r => r.Drop == "drops/No Project/june.csv");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_told_of_a_refused_drop_can_be_dismissed_and_a_new_file_is_told_of_again()
    {
        const string Drop = "drops/Not Mine/june.csv";
        await UploadAsync("drops", "Not Mine/june.csv", HostFixture.Reviews(50));
        await UntilAsync("runs", list => list.Refused.Any(r => r.Drop == Drop));

        using HttpResponseMessage dismissed = await host.Http.DeleteAsync($"refused?drop={Uri.EscapeDataString(Drop)}", Cancellation);
        dismissed.StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await UntilAsync("runs", _ => true)).Refused.ShouldNotContain(r => r.Drop == Drop);
        using HttpResponseMessage again = await host.Http.DeleteAsync($"refused?drop={Uri.EscapeDataString(Drop)}", Cancellation);
        again.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);

        await UploadAsync("drops", "Not Mine/june.csv", HostFixture.Reviews(51));
        await UntilAsync("runs", list => list.Refused.Any(r => r.Drop == Drop));
        await Client("drops").GetBlobClient("Not Mine/june.csv").DeleteAsync(cancellationToken: Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_recipe_in_the_container_refuses_drops_until_it_is_mended()
    {
        await UploadAsync("recipes", "mended.json", """{ "candidats": [] }""");
        await UploadAsync("drops", "mended/june.csv", HostFixture.Reviews(60, seed: 3));

        RefusedDrop refused = (await UntilAsync("runs?project=mended", list => list.Refused.Count > 0)).Refused.ShouldHaveSingleItem();
        refused.Failure.Message.ShouldContain("candidats");
        refused.Failure.Location!.File.ShouldBe("recipes/mended.json");

        await UploadAsync("recipes", "mended.json", HostFixture.Recipe);
        await UploadAsync("drops", "mended/june.csv", HostFixture.Reviews(60, seed: 4));
        (await UntilAsync("runs?project=mended", list => list is { Runs.Count: 1, Refused.Count: 0 })).Runs[0].Project.ShouldBe("mended");
    }

    private BlobContainerClient Client(string container) => new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(container);

    private async Task UploadAsync(string container, string name, string content)
    {
        await Client(container).CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await Client(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation);
    }

    private async Task<RunView> FirstRunOfAsync(string project) => (await UntilAsync($"runs?project={project}", list => list.Runs.Count > 0)).Runs[0];

    private async Task<RunList> UntilAsync(string path, Func<RunList, bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            using HttpResponseMessage response = await host.Http.GetAsync(path, Cancellation);
            RunList list = await HostFixture.ReadAsync<RunList>(response);
            if (condition(list))
            {
                return list;
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }
}
