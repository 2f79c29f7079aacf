using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A text that begins with a quote makes one cell of the rows up to the next quote; the rows must not vanish without a word.</summary>
public sealed class SwallowedRowsTests
{
    [Fact]
    public void Rows_inside_a_quoted_cell_are_a_question_with_its_lines() => Prop.ForAll(
        (from first in Gen.Choose(1, 60)
         from length in Gen.Choose(1, 30)
         from labelFirst in Gen.Elements(true, false)
         select (first, length, labelFirst)).ToArbitrary(),
        where =>
        {
            byte[] csv = Rows(120, i => i == where.first ? $"\"text {i} begins" : i == where.first + where.length ? $"text {i} ends\"" : $"text {i}", where.labelFirst);

            Finding question = Check(csv).Findings.Single(finding => finding.Code == "swallowed-rows");

            question.Lines.ShouldBe([where.first + 2L]);
            question.Count.ShouldBe(where.length + 1);
            Check(csv, CsvQuote.None).Rows.Input.ShouldBe(120);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void A_preparation_stops_until_the_recipe_says_what_quotes_are()
    {
        byte[] csv = Rows(120, i => i == 9 ? $"\"text {i}" : i == 20 ? $"text {i}\"" : $"text {i}", labelFirst: false);

        Failure failure = PreparedFolder.FailureOf(csv);
        (failure.Field, failure.Location!.Line).ShouldBe(("dataset.csv.quote", 11));
        failure.Remedy.ShouldNotBeNull().ShouldContain("none");

        using var none = PreparedFolder.From(csv, new DatasetRecipe { Csv = new CsvRecipe { Quote = CsvQuote.None } });
        none.AllRows().Count.ShouldBe(120);
        using var quoted = PreparedFolder.From(csv, new DatasetRecipe { Csv = new CsvRecipe { Quote = CsvQuote.Double } });
        quoted.AllRows().Count.ShouldBe(109);
    }

    [Fact]
    public void Texts_of_several_lines_are_no_question()
    {
        byte[] csv = Rows(120, i => i % 3 == 0 ? $"\"text {i}\nwith, commas, and\nlines, good ones\"" : $"text {i}", labelFirst: false);

        Check(csv).Findings.ShouldNotContain(finding => finding.AnsweredBy != null);
    }

    private static byte[] Rows(int count, Func<int, string> text, bool labelFirst) => Encoding.UTF8.GetBytes(
        (labelFirst ? "label,text\n" : "text,label\n")
        + string.Concat(Enumerable.Range(0, count).Select(i => (i % 2 == 0 ? "good" : "bad") is var label && labelFirst ? $"{label},{text(i)}\n" : $"{text(i)},{(i % 2 == 0 ? "good" : "bad")}\n")));

    private static DatasetProfile Check(byte[] csv, CsvQuote quote = CsvQuote.Auto) => DatasetCheck.Check(
        "reviews.csv",
        () => new MemoryStream(csv),
        new DatasetRecipe { Csv = new CsvRecipe { Quote = quote } },
        cancellation: TestContext.Current.CancellationToken).Profile;
}
