using System.Collections.Concurrent;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class InParallelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Every_job_is_done_once(int threads)
    {
        var done = new ConcurrentBag<int>();

        InParallel.Run(threads, [.. Enumerable.Range(0, 50).Select(i => new Action(() => done.Add(i)))]);

        done.Order().ShouldBe(Enumerable.Range(0, 50));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_failure_comes_out_as_it_was_thrown(int threads)
    {
        var failure = new InvalidDataException("the third job");

        Should.Throw<InvalidDataException>(() => InParallel.Run(threads, [.. Enumerable.Range(0, 9).Select(i => new Action(() => Fail(i == 3)))]))
            .ShouldBeSameAs(failure);

        void Fail(bool here)
        {
            if (here)
            {
                throw failure;
            }
        }
    }

    /// <summary>Batches of a few rows leave one thread waiting for another at every row.</summary>
    [Fact]
    public void Every_batch_but_the_last_fills_its_buffer()
    {
        byte[] csv = Encoding.UTF8.GetBytes("text,label\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"A text with the number {i},{i % 2}\n")));
        using TableReader table = TableReader.Open("rows.csv", () => new MemoryStream(csv), new CsvRecipe());
        var counts = new List<int>();
        var batch = new RecordBatch([]);
        while (table.TryRead(batch))
        {
            counts.Add(batch.RecordCount);
            batch = new RecordBatch([]);
        }

        counts.Sum().ShouldBe(100_000);
        counts.SkipLast(1).Min().ShouldBeGreaterThan(10_000);
    }
}
