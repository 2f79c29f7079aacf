using System.IO.Compression;
using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>A run's files, one by one, as a list and as an archive, and its report.</summary>
public sealed class ArtifactRoutesTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldEngine _engine = new();
    private readonly MemoryStore _store = new();
    private readonly RunReader _runs;

    public ArtifactRoutesTests()
    {
        _runs = new RunReader(_engine, _store);
        _engine.States["run-1"] = State(InstanceStatus.Running);
    }

    [Theory]
    [InlineData("plan.json", "application/json")]
    [InlineData("dataset/train.jsonl", "application/jsonl")]
    [InlineData("dataset/rejects.csv", "text/csv; charset=utf-8")]
    [InlineData("report.md", "text/markdown; charset=utf-8")]
    [InlineData("report.html", "text/html; charset=utf-8")]
    [InlineData("curve.svg", "image/svg+xml")]
    [InlineData("notes.txt", "text/plain; charset=utf-8")]
    [InlineData("trainer.log", "text/plain; charset=utf-8")]
    [InlineData("answers.bin", "application/octet-stream")]
    public async Task A_file_is_sent_as_what_it_is_and_nothing_of_it_may_run(string path, string mediaType)
    {
        await WriteAsync(path, "Grüße");

        RouteCall answer = await RouteCall.AskAsync(new GetArtifact(_runs, _store), path: path);

        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe("Grüße");
        answer.Headers.ContentType.ToString().ShouldBe(mediaType);
        answer.Headers.ContentLength.ShouldBe(7);
        answer.Headers.XContentTypeOptions.ToString().ShouldBe("nosniff");
        answer.Headers.ContentSecurityPolicy.ToString().ShouldBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups");
    }

    [Fact]
    public async Task Who_has_the_file_already_is_told_so()
    {
        string version = (await WriteAsync("plan.json", "{}")).ETag;
        RouteCall first = await RouteCall.AskAsync(new GetArtifact(_runs, _store), path: "plan.json");
        string etag = first.Headers.ETag.ToString();
        etag.ShouldBe($"\"{version}\"");

        RouteCall second = await RouteCall.AskAsync(new GetArtifact(_runs, _store), path: "plan.json", change: context => context.Request.Headers.IfNoneMatch = etag);

        (second.Status, second.Text, second.Headers.ETag.ToString()).ShouldBe((304, "", etag));
        second.Headers.XContentTypeOptions.ToString().ShouldBe("nosniff");
        (await RouteCall.AskAsync(new GetArtifact(_runs, _store), path: "plan.json", change: context => context.Request.Headers.IfNoneMatch = "\"old\"")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_version_that_comes_in_quotation_marks_keeps_them()
    {
        var read = new BlobRead(new MemoryStream([1]), "\"0x8D\"", 1);

        (await RouteCall.AskAsync(new Answers(new BlobResult(read, "text/plain")))).Headers.ETag.ToString().ShouldBe("\"0x8D\"");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named_without_the_run()
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(RouteCall.AskAsync(new GetArtifact(_runs, _store), path: "no/such.json"))).Failure;

        (failure.Kind, failure.Message, failure.Field).ShouldBe((FailureKind.NotFound, "run-1 has no file no/such.json", "path"));
        failure.Remedy.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_files_of_a_run_are_listed_by_their_path_in_its_folder()
    {
        _store.ModifiedAt = Began;
        await WriteAsync("dataset/rejects.csv", "abc");
        await WriteAsync("plan.json", "{}");
        await _store.WriteAsync(BlobPath.Of(RunPaths.Runs, "run-12/plan.json"), new MemoryStream([1]), cancellation: TestContext.Current.CancellationToken);

        RouteCall answer = await RouteCall.AskAsync(new GetArtifacts(_runs, _store));

        answer.Text.ShouldBe("""
            {"runId":"run-1","files":[{"path":"dataset/rejects.csv","bytes":3,"modifiedAt":"2026-01-01T00:00:00+00:00"},{"path":"plan.json","bytes":2,"modifiedAt":"2026-01-01T00:00:00+00:00"}]}
            """);
    }

    [Theory]
    [InlineData(1970, 1980)] // ZIP knows no earlier time.
    [InlineData(2026, 2026)]
    public async Task An_archive_holds_each_file_with_its_time(int written, int packed)
    {
        _store.ModifiedAt = new DateTimeOffset(written, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await WriteAsync("dataset/rejects.csv", "abc");
        await WriteAsync("plan.json", "{}");
        var control = new Watched();

        RouteCall answer = await RouteCall.AskAsync(new GetArchive(_runs, _store), change: context => context.Features.Set<IHttpBodyControlFeature>(control));

        answer.Headers.ContentType.ToString().ShouldBe("application/zip");
        answer.Headers.ContentDisposition.ToString().ShouldBe("attachment; filename=\"run-1.zip\"");
        answer.Headers.XContentTypeOptions.ToString().ShouldBe("nosniff");
        control.AllowSynchronousIO.ShouldBeTrue("the archive's last bytes are written so");
        using var archive = new ZipArchive(new MemoryStream(answer.Body));
        archive.Entries.Select(entry => (entry.FullName, entry.LastWriteTime.DateTime)).ShouldBe(
            [("dataset/rejects.csv", new DateTime(packed, 1, 1)), ("plan.json", new DateTime(packed, 1, 1))]);
        using var reader = new StreamReader(archive.Entries[0].Open());
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("abc");
    }

    [Theory]
    [InlineData("", "", "application/json")]
    [InlineData("", "*/*", "application/json")]
    [InlineData("", "text/*", "text/markdown")]
    [InlineData("", "text/html", "text/html")]
    [InlineData("", "text/html;q=0.5, text/markdown;q=0.8", "text/markdown")]
    [InlineData("", "text/html;q=0.9, text/markdown", "text/markdown")]
    [InlineData("", "application/json;q=0, text/html;q=0.1", "text/html")]
    [InlineData("", "image/png, text/html", "text/html")]
    [InlineData("?format=html", "application/json", "text/html")]
    [InlineData("?format=md", "", "text/markdown")]
    [InlineData("?format=markdown", "", "text/markdown")]
    [InlineData("?format=json", "text/html", "application/json")]
    public async Task A_report_comes_in_the_form_that_is_asked_for(string query, string accept, string mediaType)
    {
        foreach (string extension in (string[])["json", "md", "html"])
        {
            await WriteAsync($"report.{extension}", extension);
        }

        RouteCall answer = await RouteCall.AskAsync(new GetReport(_runs, _store), query, change: context =>
        {
            if (accept.Length > 0)
            {
                context.Request.Headers.Accept = accept;
            }
        });

        answer.Headers.ContentType.ToString().ShouldStartWith(mediaType);
        answer.Text.ShouldBe(mediaType switch { "application/json" => "json", "text/html" => "html", _ => "md" });
        answer.Headers.Vary.ToString().ShouldBe("Accept");
    }

    [Theory]
    [InlineData("?format=pdf", "", "format")]
    [InlineData("", "image/png", "Accept")]
    [InlineData("", "text/html;q=0", "Accept")]
    public async Task A_form_that_there_is_none_of_is_refused(string query, string accept, string field)
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(
            RouteCall.AskAsync(new GetReport(_runs, _store), query, change: context => context.Request.Headers.Accept = accept))).Failure;

        (failure.Kind, failure.Field).ShouldBe((FailureKind.InvalidInput, field));
        failure.Remedy.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(InstanceStatus.Running, "run-1 has no report yet: it is starting", "ftf watch")]
    [InlineData(InstanceStatus.Failed, "run-1 ended without a report: disk full", "rerun")]
    public async Task Without_a_report_it_is_said_why(InstanceStatus status, string message, string remedy)
    {
        _engine.States["run-1"] = State(status);

        Failure failure = (await Should.ThrowAsync<FlowException>(RouteCall.AskAsync(new GetReport(_runs, _store)))).Failure;

        (failure.Kind, failure.Message).ShouldBe((FailureKind.NotFound, message));
        failure.Remedy!.ShouldContain(remedy);
    }

    private Task<BlobWritten> WriteAsync(string path, string text) => _store.WriteAsync(
        RunPaths.Artifact("run-1", path), new MemoryStream(Encoding.UTF8.GetBytes(text)), cancellation: TestContext.Current.CancellationToken);

    private static InstanceState State(InstanceStatus status) => new()
    {
        InstanceId = "run-1", Orchestration = "FineTuneRun", Version = "1", Status = status, CreatedAt = Began, UpdatedAt = Began,
        EndedAt = status == InstanceStatus.Failed ? Began.AddHours(1) : null,
        Failure = status == InstanceStatus.Failed ? new Failure(FailureKind.Internal, "disk full") : null,
    };

    private sealed class Answers(IResult result) : IApiHandler
    {
        public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => Task.FromResult(result);
    }

    private sealed class Watched : IHttpBodyControlFeature
    {
        public bool AllowSynchronousIO { get; set; }
    }
}
