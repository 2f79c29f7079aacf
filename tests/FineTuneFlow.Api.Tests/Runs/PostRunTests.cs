using System.Text;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>Runs that are started by a form or by the name of a drop.</summary>
public sealed class PostRunTests : IAsyncLifetime
{
    private const string Recipe = """{ "candidates": [], "baselines": [ { "name": "linear" } ] }""";

    private readonly ToldEngine _engine = new();
    private readonly MemoryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostRun Handler => new(Starter, new DropUpload(_store, Starter, Suspects), Suspects);

    // What a recipe without candidates asks of nobody is not there, nor what only a file of suspects needs.
    private RunStarter Starter => new(
        _store, _engine, new OpenChoices(null!, ModelBook.Default, TimeProvider.System), null!, new ProjectRecipes(_store), new SplitMigration(_store, TimeProvider.System));

    private SuspectsIntake Suspects => new(_store, null!, null!, null!, null!);

    public async ValueTask InitializeAsync() =>
        await _store.WriteAsync(RunPaths.ProjectRecipe("reviews"), new MemoryStream(Encoding.UTF8.GetBytes(Recipe)), cancellation: Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_form_drops_its_file_and_starts_a_run_and_the_same_again_finds_it()
    {
        RouteCall first = await PostAsync("reviews", "a.csv", "text,label\n");

        first.Status.ShouldBe(202);
        string id = (string)first.Json["runId"]!;
        first.Headers.Location.ToString().ShouldBe($"/api/runs/{id}");
        (await TextAsync("drops/reviews/a.csv")).ShouldBe("text,label\n");
        _engine.Told.ShouldHaveSingleItem().ShouldContain("\"trigger\":\"http\"");
        RouteCall second = await PostAsync("reviews", "a.csv", "text,label\n");
        (second.Status, (string)second.Json["runId"]!).ShouldBe((200, id));
        (await NamesAsync()).ShouldBe(["drops/reviews/a.csv"]);
    }

    [Fact]
    public async Task Other_content_under_a_taken_name_goes_beside_it_and_with_a_recipe_beside_the_drops()
    {
        await PostAsync("reviews", "a.csv", "text,label\n");

        (await PostAsync("reviews", "a.csv", "abc")).Status.ShouldBe(202);
        RouteCall other = await PostAsync("reviews", "a.csv", "text\n", """{ "candidates": [], "baselines": [ { "name": "another" } ] }""");
        RouteCall own = await PostAsync("reviews", "b.csv", "text\n");
        ((string)other.Json["runId"]!).ShouldNotBe((string)own.Json["runId"]!, "the recipe that came with it counts");

        // The first eight digits of its hash tell them apart.
        (await NamesAsync()).ShouldBe(["drops/reviews/a-ba7816bf.csv", "drops/reviews/a.csv", "drops/reviews/b.csv", "uploads/reviews/a.csv"]);
        (await TextAsync("drops/reviews/a-ba7816bf.csv")).ShouldBe("abc");
        (await TextAsync("drops/reviews/a.csv")).ShouldBe("text,label\n");
    }

    [Theory]
    [InlineData("text,label\n", true)]
    [InlineData("other", false)]
    public async Task Of_two_uploads_at_once_the_other_one_may_have_written_it(string others, bool taken)
    {
        var racing = new WritesFirst(_store, others);
        var upload = new DropUpload(racing, Starter, Suspects);
        var context = new DefaultHttpContext();
        await FillAsync(context, FormOf("reviews", "a.csv", "text,label\n", null));

        Task<StartedRun> received = upload.ReceiveAsync(context.Request, Cancellation);

        if (taken)
        {
            (await received).Created.ShouldBeTrue();
        }
        else
        {
            (await Should.ThrowAsync<FlowException>(received)).Failure.Kind.ShouldBe(FailureKind.Conflict);
        }
    }

    [Fact]
    public async Task A_recipe_that_cannot_be_read_drops_nothing()
    {
        (await Should.ThrowAsync<FlowException>(PostAsync("reviews", "a.csv", "abc", """{ "candidate": [] }"""))).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        (await Should.ThrowAsync<FlowException>(PostAsync("No Project", "a.csv", "abc"))).Failure.Kind.ShouldBe(FailureKind.InvalidInput);

        (await NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_drop_is_started_by_its_name_with_the_recipe_that_is_given()
    {
        await _store.WriteAsync(RunPaths.Drop("reviews", "a.csv"), new MemoryStream("text,label\n"u8.ToArray()), cancellation: Cancellation);

        RouteCall own = await PostJsonAsync("""{ "project": "reviews", "drop": "drops/reviews/a.csv" }""");
        RouteCall given = await PostJsonAsync($$"""{ "project": "reviews", "drop": "drops/reviews/a.csv", "recipe": { "candidates": [], "baselines": [ { "name": "another" } ] } }""");

        (own.Status, given.Status).ShouldBe((202, 202));
        ((string)own.Json["runId"]!).ShouldNotBe((string)given.Json["runId"]!);
        given.Headers.Location.ToString().ShouldBe($"/api/runs/{(string)given.Json["runId"]!}");
        _engine.Told.ShouldAllBe(told => told.Contains("\"trigger\":\"http\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("uploads/reviews/a.csv")]
    [InlineData("drops/other/a.csv")]
    [InlineData("drops/reviews2/a.csv")]
    public async Task A_file_that_is_no_drop_of_the_project_starts_nothing(string drop)
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(PostJsonAsync($$"""{ "project": "reviews", "drop": "{{drop}}" }"""))).Failure;

        (failure.Kind, failure.Message, failure.Field).ShouldBe((FailureKind.InvalidInput, $"\"{drop}\" is not a drop of reviews", "drop"));
        failure.Remedy!.ShouldContain("drops/reviews/");
    }

    private static MultipartFormDataContent FormOf(string project, string name, string content, string? recipe)
    {
        var form = new MultipartFormDataContent { { new StringContent(project), "project" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name } };
        if (recipe is not null)
        {
            form.Add(new StringContent(recipe), "recipe");
        }

        return form;
    }

    private static async Task FillAsync(HttpContext context, MultipartFormDataContent form)
    {
        context.Request.ContentType = form.Headers.ContentType!.ToString();
        context.Request.Body = new MemoryStream(await form.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task<RouteCall> PostAsync(string project, string name, string content, string? recipe = null)
    {
        MultipartFormDataContent form = FormOf(project, name, content, recipe);
        byte[] body = await form.ReadAsByteArrayAsync(Cancellation);
        return await RouteCall.AskAsync(Handler, change: context =>
        {
            context.Request.ContentType = form.Headers.ContentType!.ToString();
            context.Request.Body = new MemoryStream(body);
        });
    }

    private Task<RouteCall> PostJsonAsync(string body) => RouteCall.AskAsync(Handler, change: context =>
    {
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = body.Length;
    });

    private async Task<string> TextAsync(string path)
    {
        await using BlobRead read = (await _store.OpenAsync(BlobPath.Parse(path), Cancellation))!;
        using var reader = new StreamReader(read.Content);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private async Task<string[]> NamesAsync()
    {
        var names = new List<string>();
        foreach (string container in (string[])["drops", "uploads"])
        {
            await foreach (BlobEntry entry in _store.ListAsync(container, "", Cancellation))
            {
                names.Add(entry.Path.ToString());
            }
        }

        return [.. names];
    }

    /// <summary>Another request writes the same name between this one's look and its writing.</summary>
    private sealed class WritesFirst(MemoryStore store, string others) : IBlobStore
    {
        public Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default) => store.OpenAsync(path, cancellation);

        public Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default) => store.ExistsAsync(path, cancellation);

        public async Task<BlobWritten> WriteAsync(BlobPath path, Stream mine, WriteCondition condition = default, CancellationToken cancellation = default)
        {
            await store.WriteAsync(path, new MemoryStream(Encoding.UTF8.GetBytes(others)), cancellation: cancellation);
            return await store.WriteAsync(path, mine, condition, cancellation);
        }

        public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, CancellationToken cancellation = default) => store.ListAsync(container, prefix, cancellation);

        public IAsyncEnumerable<string> ListFoldersAsync(string container, CancellationToken cancellation = default) => store.ListFoldersAsync(container, cancellation);

        public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default) => store.DeleteAsync(path, cancellation);
    }
}
