using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A drop is read once, cleaned by several threads, and its rows stand in the order of the file.</summary>
public sealed class SourceTableReaderTests
{
    private static readonly DatasetRecipe Recipe = new() { Text = new OneOrMany<string>("text"), Label = "label" };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(8, 5)]
    public void Rows_and_labels_keep_their_order_whatever_the_number_of_threads(int threads, int ahead)
    {
        // Five batches of half a megabyte each.
        string words = string.Concat(Enumerable.Repeat("many words ", 3_000));
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 70).Select(i => string.Create(CultureInfo.InvariantCulture, $"{words}{i},label {i % 7}\n")));
        var told = new List<PreparationProgress>();
        var progress = new Told(told);

        SourceTable table = Read(csv, Recipe, threads, progress: progress);

        table.RowsRead.ShouldBe(70);
        table.Rows.Count.ShouldBe(70);
        Enumerable.Range(0, 70).Select(i => (long)table.Rows[i].Line).ShouldBe(Enumerable.Range(2, 70).Select(line => (long)line));
        Enumerable.Range(0, 70).Select(i => table.Labels[table.Rows[i].Label]).ShouldBe(Enumerable.Range(0, 70).Select(i => $"label {i % 7}"));
        table.Source.Bytes.ShouldBe(csv.Length);
        (told.Count, told[^1].Stage, told[^1].Bytes).ShouldBe((5, "reading", csv.Length));
        // While a batch is read, one for each thread waits to be taken.
        told.Count(progress => progress.Rows == 0).ShouldBe(ahead);
    }

    [Theory]
    [InlineData("split", "split")]
    [InlineData("Partition", "Partition")]
    [InlineData("fold", "fold")]
    [InlineData("SUBSET", "SUBSET")]
    [InlineData("dataset_split", "dataset_split")]
    [InlineData("splits", null)]
    [InlineData("shop", null)]
    public void A_column_that_says_which_part_a_row_is_of_is_told(string column, string? told) =>
        Read($"text,label,{column}\na,b,train\nc,d,test\n", Recipe).Reading.ReadyMadeSplit.ShouldBe(told);

    [Fact]
    public void A_column_that_is_in_use_is_no_ready_made_split()
    {
        Read("text,split\na,b\nc,d\n", Recipe with { Label = "split" }).Reading.ReadyMadeSplit.ShouldBeNull();
        Read("fold,label\na,b\nc,d\n", Recipe with { Text = new OneOrMany<string>("fold") }).Reading.ReadyMadeSplit.ShouldBeNull();
        Read("text,label,split\na,b,x\nc,d,y\n", Recipe with { Split = new SplitRecipe { Method = SplitMethod.Group, Column = "split" } }).Reading.ReadyMadeSplit.ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_limit_that_the_last_rows_exceed_is_kept_to(int threads)
    {
        DatasetRecipe few = Recipe with { Limits = new LimitsRecipe { Rows = 2 } };

        Read("text,label\na,b\nc,d\n", few, threads).RowsRead.ShouldBe(2);
        Should.Throw<FlowException>(() => Read("text,label\na,b\nc,d\ne,f\n", few, threads)).Failure.Field.ShouldBe("dataset.limits.rows");
    }

    [Fact]
    public void A_cancelled_reading_ends() =>
        Should.Throw<OperationCanceledException>(() => Read("text,label\na,b\n", Recipe, cancellation: new CancellationToken(canceled: true)));

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(10_001, true)]
    public void A_label_column_has_at_most_ten_thousand_values(int labels, bool refused)
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, labels).Select(i => $"a,{i}x\n"));

        Failure? failure = (Record.Exception(() => Read(csv, Recipe).Labels.Count.ShouldBe(labels)) as FlowException)?.Failure;

        (failure is not null).ShouldBe(refused);
        failure?.ShouldSatisfyAllConditions(
            f => f.Message.ShouldBe("the label column \"label\" has more than 10000 different values"),
            f => f.Location.ShouldBe(new SourceLocation("t.csv", Column: "label")),
            f => f.Field.ShouldBe("dataset.label"));
    }

    [Fact]
    public void The_rows_of_a_sample_have_their_own_texts()
    {
        var sample = new RowSample(10);

        Read("text,label\nfirst,b\nsecond one,d\nthird,b\n", Recipe, sample: sample);

        sample.Rows.Select(row => (row.Row, Encoding.UTF8.GetString(row.Text))).ShouldBe([(0, "first"), (1, "second one"), (2, "third")], ignoreOrder: true);
    }

    [Fact]
    public void What_is_left_out_or_short_is_counted()
    {
        SourceTable table = Read("text,label,shop\na,b,c\n,b,c\nd,e\n\nf,b,c\n", Recipe);

        (table.RowsRead, table.Rows.Count, table.Reading.ShortRows, table.Reading.BlankLines).ShouldBe((4, 3, 1, 1));
        table.LeftOut.Select(row => row.Line).ShouldBe([3L]);
    }

    private static SourceTable Read(
        string csv, DatasetRecipe recipe, int threads = 1, RowSample? sample = null, IProgress<PreparationProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TableReader table = TableReader.Open("t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), recipe.Csv);
        RowPlan plan = RowPlan.For(table, recipe, () => throw new InvalidOperationException("the columns are named"));
        return new SourceTableReader(table, plan, threads, texts: null, sample).Read(progress, cancellation);
    }

    private sealed class Told(List<PreparationProgress> told) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => told.Add(value);
    }
}
