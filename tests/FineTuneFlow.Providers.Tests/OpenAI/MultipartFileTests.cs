using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>What an upload writes, byte by byte, and the source that it counts.</summary>
public sealed class MultipartFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_form_is_written_by_the_letter_and_as_long_as_it_says(bool mark)
    {
        using var form = new MultipartFile([new("purpose", "fine-tune"), new("x", "é")], "file", "a\"b\r\n.jsonl", new MemoryStream("rows"u8.ToArray()), 4, mark);
        string boundary = form.ContentType.Split("boundary=")[1];
        string expected = string.Join("\r\n",
            $"--{boundary}", "Content-Disposition: form-data; name=\"purpose\"", "", "fine-tune",
            $"--{boundary}", "Content-Disposition: form-data; name=\"x\"", "", "é",
            $"--{boundary}", "Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.jsonl\"", "Content-Type: application/octet-stream", "",
            (mark ? "\uFEFF" : "") + "rows", $"--{boundary}--", "");

        form.TryComputeLength(out long length).ShouldBeTrue();
        var written = new MemoryStream();
        await form.WriteToAsync(written, default);

        Encoding.UTF8.GetString(written.ToArray()).ShouldBe(expected);
        (written.Length, MultipartFile.ByteOrderMarkBytes).ShouldBe((length, 3));
        form.ContentType.ShouldStartWith("multipart/form-data; boundary=");
    }

    [Fact]
    public void A_form_is_written_the_blocking_way_too()
    {
        using var form = new MultipartFile([], "data", "part", new MemoryStream("rows"u8.ToArray()), 4, byteOrderMark: false);
        var written = new MemoryStream();

        form.WriteTo(written, default);

        Encoding.UTF8.GetString(written.ToArray()).ShouldContain("\r\n\r\nrows\r\n--");
    }

    [Fact]
    public async Task A_source_of_the_announced_length_is_passed_on_and_counted()
    {
        var source = new ExactStream(new MemoryStream([1, 2, 3, 4, 5]), 5, "f");
        byte[] buffer = new byte[8];

        (await source.ReadAsync(buffer.AsMemory(0, 2))).ShouldBe(2);
        (source.Position, source.Length).ShouldBe((2, 5));
#pragma warning disable CA1835 // The older way to read is what is tried.
        (await source.ReadAsync(buffer, 2, 2, default)).ShouldBe(2);
#pragma warning restore CA1835
        (await source.ReadAsync(Memory<byte>.Empty)).ShouldBe(0, "asking for nothing is no end");
        source.Read(buffer, 4, 4).ShouldBe(1);
        (await source.ReadAsync(buffer)).ShouldBe(0);
        source.Position.ShouldBe(5);
        buffer.ShouldBe([1, 2, 3, 4, 5, 0, 0, 0]);
        Should.Throw<NotSupportedException>(() => source.Position = 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_source_of_another_length_is_told(int announced)
    {
        var source = new ExactStream(new MemoryStream([1, 2, 3, 4, 5]), announced, "f");

        (await source.ReadAsync(new byte[3])).ShouldBe(3);
        FlowException told = await Should.ThrowAsync<FlowException>(() => source.CopyToAsync(Stream.Null));

        (told.Failure.Kind, told.Failure.Message).ShouldBe((FailureKind.Conflict, $"f is not of the {announced} bytes that were announced"));
    }

    [Fact]
    public async Task A_source_without_anything_is_told_unless_that_was_announced()
    {
        (await new ExactStream(Stream.Null, 0, "f").ReadAsync(new byte[1])).ShouldBe(0);
        await Should.ThrowAsync<FlowException>(() => new ExactStream(Stream.Null, 1, "f").CopyToAsync(Stream.Null));
    }
}
