using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>What is read of a form, and which forms are refused.</summary>
public sealed class FormReaderTests
{
    private const string Recipe = """{ "candidates": [], "baselines": [ { "name": "linear" } ] }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_in_any_order_is_read_whole()
    {
        byte[] file = RandomNumberGenerator.GetBytes(300_000);

        await using FormUpload form = await ReadAsync(new MultipartFormDataContent
        {
            { new ByteArrayContent(file), "file", "reviews.csv" },
            { new StringContent(" reviews \n"), "project" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Recipe)), "recipe", "recipe.json" },
        });

        (form.Project, form.FileName, Encoding.UTF8.GetString(form.Recipe!)).ShouldBe(("reviews", "reviews.csv", Recipe));
        form.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(file)));
        foreach (int _ in (int[])[1, 2])
        {
            await using Stream open = form.Open();
            using var copy = new MemoryStream();
            await open.CopyToAsync(copy, Cancellation);
            copy.ToArray().ShouldBe(file);
        }
    }

    [Fact]
    public async Task A_file_of_one_letter_is_a_file()
    {
        await using FormUpload form = await ReadAsync(new MultipartFormDataContent { { new StringContent("7"), "recipe" }, { new ByteArrayContent("a"u8.ToArray()), "file", "a.csv" } });

        form.Recipe.ShouldBe("7"u8.ToArray());
        // Of NIST's examples.
        form.Sha256.ShouldBe("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    }

    [Fact]
    public async Task What_was_sent_is_gone_from_the_disk_afterwards()
    {
        FormUpload form = await ReadAsync(new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.csv" } });
        string path = form.File.Name;
        File.Exists(path).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await form.DisposeAsync();

        File.Exists(path).ShouldBeFalse();
    }

    [Theory]
    [InlineData("filename=\"a.csv\"", "a.csv")]
    [InlineData("filename=a.csv", "a.csv")]
    [InlineData("filename=\"C:\\Data\\a.csv\"", "a.csv")]
    [InlineData("filename=\"../../a.csv\"", "a.csv")]
    [InlineData("filename=\"x\"", "x")]
    [InlineData("filename=\"folder/\"", "drop.csv")]
    [InlineData("filename=\"\"", "drop.csv")]
    [InlineData("", "drop.csv")]
    [InlineData("filename=\"a.csv\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.csv", "grüße.csv")]
    public async Task A_files_name_is_its_last_part(string given, string name)
    {
        await using FormUpload form = await ReadAsync(Form($"Content-Disposition: form-data; name=\"file\"; {given}\r\n\r\nabc"));

        form.FileName.ShouldBe(name);
        // Of FIPS 180-2.
        form.Sha256.ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    [Theory]
    [InlineData("multipart/form-data", "--b\r\n", "the form has no boundary", null)]
    [InlineData("multipart/form-data; boundary=\"\"", "--b\r\n", "the form has no boundary", null)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"project\"\r\n\r\nreviews\r\n--b--\r\n", "the form has no file", "file")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nabc", "the form ends before it is whole", "file")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"drop\"\r\n\r\nabc\r\n--b--\r\n", "the form's part \"drop\" is not known", "drop")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Type: text/csv\r\n\r\nabc\r\n--b--\r\n", "the form's part \"\" is not known", "")]
    public async Task A_form_that_cannot_be_used_is_refused(string contentType, string body, string message, string? field)
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(ReadAsync((contentType, Encoding.UTF8.GetBytes(body))))).Failure;

        (failure.Kind, failure.Message, failure.Field).ShouldBe((FailureKind.InvalidInput, message, field));
        failure.Remedy.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("project")]
    [InlineData("recipe")]
    public async Task A_part_that_comes_twice_is_refused_as_two_files_would_be_one(string twice)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent("{}"), "recipe" }, { new StringContent("reviews"), "project" }, { new ByteArrayContent([1]), "file", "a.csv" }, { new StringContent("{}"), twice, "b.csv" },
        };

        Failure failure = (await Should.ThrowAsync<FlowException>(ReadAsync(form))).Failure;

        (failure.Kind, failure.Message, failure.Field).ShouldBe((FailureKind.InvalidInput, $"the form has the part \"{twice}\" twice", twice));
        failure.Remedy.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(2 * 1024 * 1024, false)]
    [InlineData((2 * 1024 * 1024) + 1, true)]
    public async Task Only_the_file_may_be_large(int bytes, bool refused)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[bytes]), "recipe" }, { new ByteArrayContent([1]), "file", "a.csv" } };

        if (refused)
        {
            Failure failure = (await Should.ThrowAsync<FlowException>(ReadAsync(form))).Failure;
            (failure.Message, failure.Field).ShouldBe(("the form's part recipe is too long", "recipe"));
            failure.Remedy.ShouldNotBeNull();
        }
        else
        {
            await using FormUpload read = await ReadAsync(form);
            read.Recipe!.Length.ShouldBe(bytes);
        }
    }

    private static (string ContentType, byte[] Body) Form(string part) => ("multipart/form-data; boundary=b", Encoding.UTF8.GetBytes($"--b\r\n{part}\r\n--b--\r\n"));

    private static async Task<FormUpload> ReadAsync(MultipartFormDataContent form) =>
        await ReadAsync((form.Headers.ContentType!.ToString(), await form.ReadAsByteArrayAsync(Cancellation)));

    private static async Task<FormUpload> ReadAsync((string ContentType, byte[] Body) form)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = form.ContentType;
        context.Request.Body = new MemoryStream(form.Body);
        return await FormReader.ReadAsync(context.Request, Cancellation);
    }
}
