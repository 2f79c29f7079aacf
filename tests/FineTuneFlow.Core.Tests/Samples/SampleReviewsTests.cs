using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Samples;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Samples;

public sealed class SampleReviewsTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_everywhere_and_another_seed_others()
    {
        // Changes whenever the grammar changes; what matters is that it is the same on every machine.
        Convert.ToHexStringLower(SHA256.HashData(Sample(1_000)))[..16].ShouldBe("e99fde94e153b4c4");
        Sample(100, seed: 7).ShouldNotBe(Sample(100, seed: 8));
    }

    [Fact]
    public void A_longer_sample_begins_with_the_shorter_one() =>
        Sample(300).AsSpan(0, Sample(200).Length).SequenceEqual(Sample(200)).ShouldBeTrue();

    [Fact]
    public void It_has_what_real_reviews_have()
    {
        DatasetCheckResult check = Check(20_000);
        string text = Encoding.UTF8.GetString(Sample(20_000));

        check.Profile.Columns.Label.ShouldBe("stars");
        check.Profile.Columns.Text.ShouldBe(["review_title", "review"]);
        check.Profile.Labels.Names.ShouldBe(["1", "2", "3", "4", "5"]);
        check.Profile.Labels.Ordered.ShouldBeTrue();
        RowCounts rows = check.Profile.Rows;
        rows.Input.ShouldBe(20_000);
        (rows.Duplicates / 20_000.0).ShouldBeInRange(0.03, 0.07);
        (rows.Conflicts / 20_000.0).ShouldBeInRange(0.005, 0.03);
        rows.Rejected.ShouldBeInRange(0, 100);
        ImmutableArray<NamedCount> classes = check.Profile.Splits[0].Classes;
        ((double)classes.First(c => c.Name == "5").Count / classes.First(c => c.Name == "2").Count).ShouldBeGreaterThan(4);
        check.Profile.Scripts.Length.ShouldBeGreaterThan(6);
        foreach (string part in new[] { "\n\n", "\r\n", "\"\"", "👍", "\u200b", "&amp;", "很", "ужасно", "ምርጥ", "رائع", "<|endoftext|>" })
        {
            text.ShouldContain(part, Case.Sensitive);
        }

        text.ShouldNotContain("\ufffd");
    }

    [Fact]
    public void A_linear_model_learns_much_but_not_everything()
    {
        string folder = Directory.CreateTempSubdirectory("ftf-sample-").FullName;
        try
        {
            byte[] csv = Sample(5_000);
            DatasetPreparation.Prepare(
                new PreparationRequest { SourceName = "reviews.csv", Open = () => new MemoryStream(csv), OutputDirectory = folder },
                TestContext.Current.CancellationToken);
            List<LabelledText> Rows(Split split)
            {
                using FileStream file = File.OpenRead(Path.Combine(folder, DatasetFiles.Of(split)));
                return [.. DatasetFiles.ReadRows(file).Select(row => new LabelledText(row.Text, row.Label))];
            }

            List<LabelledText> holdout = Rows(Split.Test);
            LinearClassifier model = LinearBaseline.Train(Rows(Split.Train), Rows(Split.Validation), seed: 42, ct: TestContext.Current.CancellationToken);

            double accuracy = holdout.Average(row => model.Predict(row.Text) == row.Label ? 1.0 : 0);
            double majority = holdout.GroupBy(row => row.Label).Max(group => group.Count()) / (double)holdout.Count;
            majority.ShouldBeInRange(0.4, 0.55);
            accuracy.ShouldBeInRange(0.64, 0.78);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Texts_vary_enough_for_a_million_rows()
    {
        DatasetCheckResult check = Check(60_000);

        // What is repeated was repeated on purpose (5 %), and a little by the shortest of texts.
        RowCounts rows = check.Profile.Rows;
        ((rows.Duplicates + rows.Conflicts) / 60_000.0).ShouldBeLessThan(0.08);
    }

    [Fact]
    public void No_rows_are_a_header_and_fewer_are_refused()
    {
        Encoding.UTF8.GetString(Sample(0)).ShouldBe(SampleReviews.Header + "\n");
        Should.Throw<FlowException>(() => Sample(-1)).Failure.Field.ShouldBe("rows");
    }

    private static byte[] Sample(long rows, int seed = 42)
    {
        using var stream = new MemoryStream();
        SampleReviews.Write(stream, rows, seed, cancellation: TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static DatasetCheckResult Check(long rows)
    {
        byte[] csv = Sample(rows);
        return DatasetCheck.Check("sample.csv", () => new MemoryStream(csv), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken);
    }
}
