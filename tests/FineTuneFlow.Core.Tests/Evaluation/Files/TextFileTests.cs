using System.Text;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Tests.Evaluation.Files;

public sealed class TextFileTests
{
    [Theory]
    [InlineData("text\ngreat, really\nbad; slow\n", new[] { "great, really", "bad; slow" })]
    [InlineData("text\n\"great,\nreally\"\nbad | slow; not, who knows\n", new[] { "great,\nreally", "bad | slow; not, who knows" })]
    [InlineData("review\r\none\r\n\"two \"\"quoted\"\"\"\r\n", new[] { "one", "two \"quoted\"" })]
    [InlineData("id,text\n1,\"great, really\"\n2,bad\n", new[] { "great, really", "bad" })]
    [InlineData("{\"text\":\"great, really\"}\n{\"text\":\"bad\"}\n", new[] { "great, really", "bad" })]
    public void A_file_of_texts_alone_is_read_whatever_its_texts_hold(string content, string[] texts) =>
        TextFile.Read("new.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(content)), [], "\n\n").ShouldBe(texts);

    [Fact]
    public void Texts_of_which_nobody_can_say_where_they_end_are_refused_with_what_to_give_instead() =>
        Should.Throw<FlowException>(() => TextFile.Read("new.csv", () => new MemoryStream("text\nbad | slow; or\tnot, who knows\n"u8.ToArray()), [], "\n\n"))
            .Failure.Remedy!.ShouldContain("JSON lines");

    [Fact]
    public void A_column_that_is_not_there_is_told_with_those_that_are() =>
        Should.Throw<FlowException>(() => TextFile.Read("new.csv", () => new MemoryStream("text\none\n"u8.ToArray()), ["body"], "\n\n"))
            .Failure.Message.ShouldContain("there is no column \"body\"; the columns are text");
}
