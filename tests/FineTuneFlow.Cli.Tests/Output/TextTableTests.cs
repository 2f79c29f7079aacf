using FineTuneFlow.Cli.Output;


namespace FineTuneFlow.Cli.Tests.Output;

public class TextTableTests
{
    [Fact]
    public void Columns_are_aligned_by_what_is_seen_not_by_code_units()
    {
        var writer = new StringWriter { NewLine = "\n" };
        TextTable table = new TextTable("NAME", "N", "").AlignRight(1);
        table.Add("cafe\u0301", "7", "");
        table.Add("longer name", "1,234", "x");

        table.Write(writer);

        writer.ToString().ShouldBe("NAME             N\ncafe\u0301             7\nlonger name  1,234  x\n");
    }

    [Fact]
    public void Columns_that_may_be_cut_are_cut_until_the_table_fits_80_characters()
    {
        var writer = new StringWriter { NewLine = "\n" };
        TextTable table = new TextTable("RUN", "RESULT", "SPENT").AlignRight(2).Shorten(1);
        table.Add("reviews-0123456789", new string('x', 100), "$1.20");

        table.Write(writer);

        string[] lines = writer.ToString().TrimEnd().Split('\n');
        lines.ShouldAllBe(line => line.Length == 80);
        lines[1].ShouldStartWith("reviews-0123456789  xxx");
        lines[1].ShouldEndWith("x…  $1.20");
    }

    [Theory]
    [InlineData(0.0, "0 ms")]
    [InlineData(0.25, "250 ms")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(61, "1 min 01 s")]
    [InlineData(7322, "2 h 02 min")]
    public void Times_are_said_as_people_say_them(double seconds, string said) => Say.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(said);

    [Theory]
    [InlineData(0.0, "$0")]
    [InlineData(0.0049, "$0.0049")]
    [InlineData(12.345, "$12.35")]
    public void Small_costs_keep_their_figures(double usd, string said) => Say.Usd(usd).ShouldBe(said);
}
