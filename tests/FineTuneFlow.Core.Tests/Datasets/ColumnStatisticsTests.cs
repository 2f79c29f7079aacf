using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What the values of a column say of it, and when a file is more than the recipe allows.</summary>
public sealed class ColumnStatisticsTests
{
    [Theory]
    [InlineData("a|a|b|b", true)]
    [InlineData("a|b|c|d", false)] // as many values as rows
    [InlineData("a|b", true)] // two values are few
    [InlineData("a|a||", true)] // half of the rows
    [InlineData("a|a|||", false)]
    [InlineData("", false)]
    [InlineData("2016|2016|2017|2017", false)] // years
    [InlineData("2016-11-20|2016-11-20|1", true)] // two thirds of them are dates
    [InlineData("1|1|2|2", true)]
    public void A_label_has_few_values_that_come_again_and_are_not_dates(string values, bool label) => Of(values).CouldBeLabel.ShouldBe(label);

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void More_than_thirty_numbers_are_measurements(int different, bool label)
    {
        string numbers = string.Join('|', Enumerable.Range(1, different).SelectMany(i => new[] { $"{i}", $"{i}" }));

        Of(numbers).CouldBeLabel.ShouldBe(label);
        Of(numbers.Replace("|", "x|", StringComparison.Ordinal) + "x").CouldBeLabel.ShouldBeTrue();
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_label_has_at_most_sixty_four_bytes_on_average(int bytes, bool label) => Of($"{new string('a', bytes)}|{new string('a', bytes)}").CouldBeLabel.ShouldBe(label);

    [Theory]
    [InlineData("2016-11-20", true)]
    [InlineData("20/11/2016", true)]
    [InlineData("1.2.2016/x", true)]
    [InlineData("1/2/16", true)]
    [InlineData("12:30", true)]
    [InlineData(" 2016-11-20 ", true)]
    [InlineData("2016-11-20T08:15:00Z", true)]
    [InlineData("1999", true)]
    [InlineData("2024", true)]
    [InlineData("1899", false)]
    [InlineData("2100", false)]
    [InlineData("19999", false)]
    [InlineData("12.5", false)]
    [InlineData("123-45-6789", false)] // three digits
    [InlineData("5-star", false)]
    [InlineData("1-2", false)]
    [InlineData("1:2", false)] // a score
    [InlineData("5:many", false)]
    [InlineData("5-a-day", false)]
    [InlineData("1-", false)]
    [InlineData("text", false)]
    public void Dates_times_and_years_are_dates(string value, bool date) => Of(value).Dates.ShouldBe(date ? 1 : 0);

    [Theory]
    [InlineData("12", true)]
    [InlineData("-12.5", true)]
    [InlineData("1-2", false)]
    [InlineData("1/2", false)]
    [InlineData("1e5", false)]
    [InlineData("1,5", false)]
    public void Digits_with_a_point_and_a_sign_are_numbers(string value, bool number) => Of(value).Numbers.ShouldBe(number ? 1 : 0);

    [Theory]
    [InlineData("one", 1)]
    [InlineData("one two three", 3)]
    [InlineData("这个产品坏了", 4)] // six characters: one word, and one for each two
    [InlineData("สวัสดี", 4)]
    [InlineData("éàç éàç", 2)]
    [InlineData("한국어 문장", 2)] // Korean writes blanks
    public void Words_are_counted_by_blanks_and_without_them_by_two_characters(string value, double words) => Of(value).Words.ShouldBe(words);

    [Theory]
    // The first and the last character of a script without blanks, and their neighbours: Thai and Lao, Burmese, Khmer, Japanese and Chinese.
    [InlineData('\u0DFF', '\u0E00', '\u0EFF', '\u0F00')]
    [InlineData('\u0FFF', '\u1000', '\u109F', '\u10A0')]
    [InlineData('\u177F', '\u1780', '\u17FF', '\u1800')]
    [InlineData('\u303F', '\u3040', '\u9FFF', '\uA000')]
    public void Scripts_without_blanks_begin_and_end_where_Unicode_has_them(char before, char first, char last, char behind)
    {
        Of($"{first}{first}").Words.ShouldBe(2);
        Of($"{last}{last}").Words.ShouldBe(2);
        Of($"{before}{before}").Words.ShouldBe(1);
        Of($"{behind}{behind}").Words.ShouldBe(1);
    }

    [Fact]
    public void Different_values_are_counted_up_to_twenty_thousand() =>
        Of(string.Join('|', Enumerable.Range(0, 20_002))).Distinct.ShouldBe(20_000);

    [Fact]
    public void Values_are_counted_where_there_are_some()
    {
        ColumnStatistics stats = Of("ab|ab||abcd");

        (stats.Records, stats.Rows, stats.Distinct).ShouldBe((4, 3, 2));
        stats.MeanLength.ShouldBe(8.0 / 3, 1e-12);
        Of("good day|bad").IsWordy.ShouldBeFalse(); // 1.5 words on average
        Of("good day|bad day").IsWordy.ShouldBeTrue();
        Of("a b|a b|a b|a b|a b|a|a|a").IsWordy.ShouldBeTrue(); // 1.625
        Of("abc").MeanLength.ShouldBe(3);
        Of("12|13").IsWordy.ShouldBeFalse();
    }

    [Fact]
    public void Of_two_columns_that_could_be_the_label_the_one_with_about_four_short_values_is_more_like_it()
    {
        double four = Of("a|b|c|d|a|b|c|d").LabelScore;

        four.ShouldBeGreaterThan(Of("a|b|a|b|a|b|a|b").LabelScore);
        four.ShouldBeGreaterThan(Of("a|b|c|d|e|f|g|h").LabelScore);
        four.ShouldBeGreaterThan(Of("a x|b x|c x|d x|a x|b x|c x|d x").LabelScore);
        Of("").LabelScore.ShouldBe(0);
    }

    [Fact]
    public void A_text_is_long_and_different_in_every_row()
    {
        Of("long text|other text").TextScore.ShouldBe(9.5, 1e-12); // bytes a value, all different
        Of("text|text|text|more").TextScore.ShouldBe(2, 1e-12); // half of them different
        Of("long text|other text").TextScore.ShouldBeGreaterThan(Of("text|more").TextScore);
        Of($"{new string('a', 2_000)}|b").TextScore.ShouldBeLessThan(Of($"{new string('a', 3_000)}|b").TextScore);
        Of($"{new string('a', 5_000)}|{new string('b', 5_000)}").TextScore.ShouldBe(Of($"{new string('a', 2_000)}|{new string('b', 2_000)}").TextScore);
    }

    [Fact]
    public void A_file_may_have_what_the_recipe_allows_and_no_more()
    {
        var clock = new FakeTimeProvider();
        var limits = new ReadingLimits(new LimitsRecipe { Rows = 10, Seconds = 5 }, "t.csv", clock);
        using var source = new SourceReader("t.csv", () => new MemoryStream("text,label\na,b\n"u8.ToArray()), new CsvRecipe());

        limits.Check(10, source);
        clock.Advance(TimeSpan.FromSeconds(5));
        limits.Check(10, source);

        Failure rows = Should.Throw<FlowException>(() => limits.Check(11, source)).Failure;
        (rows.Field, rows.Message, rows.Location!.File).ShouldBe(("dataset.limits.rows", "the file has more than 10 rows", "t.csv"));
        rows.Remedy!.ShouldStartWith("Raise dataset.limits.rows (a million rows take");
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Failure time = Should.Throw<FlowException>(() => limits.Check(10, source)).Failure;
        (time.Field, time.Message).ShouldBe(("dataset.limits.seconds", "reading the file took longer than 5 s"));
    }

    private static ColumnStatistics Of(string values)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(values);
        var batch = new RecordBatch(bytes);
        int start = 0;
        foreach (string value in values.Split('|'))
        {
            int length = Encoding.UTF8.GetByteCount(value);
            batch.AddRecord(new TableRecord(1, batch.FieldCount, 1));
            batch.AddField(start, length, FieldFlags.None);
            start += length + 1;
        }

        var survey = new ColumnSurvey(1);
        survey.Add(batch);
        return survey.Result()[0];
    }
}
