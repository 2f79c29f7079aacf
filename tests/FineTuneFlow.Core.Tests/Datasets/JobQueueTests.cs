using System.Collections.Concurrent;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class JobQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Every_job_is_done_once(int threads)
    {
        var done = new ConcurrentBag<int>();

        Jobs(50, done.Add).Run(threads);

        done.Order().ShouldBe(Enumerable.Range(0, 50));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_failure_comes_out_as_it_was_thrown(int threads)
    {
        var failure = new InvalidDataException("the third job");

        Should.Throw<InvalidDataException>(() => Jobs(9, Fail).Run(threads)).ShouldBeSameAs(failure);

        void Fail(int job)
        {
            if (job == 3)
            {
                throw failure;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Jobs_that_a_job_adds_are_done_too(int threads)
    {
        var done = new ConcurrentBag<int>();
        var jobs = new JobQueue();
        jobs.Add(() => AddBelow(5));

        jobs.Run(threads);

        done.Count.ShouldBe(1 << 5);

        void AddBelow(int depth)
        {
            if (depth == 0)
            {
                done.Add(0);
                return;
            }

            jobs.Add(() => AddBelow(depth - 1));
            jobs.Add(() => AddBelow(depth - 1));
        }
    }

    private static JobQueue Jobs(int count, Action<int> work)
    {
        var jobs = new JobQueue();
        for (int i = 0; i < count; i++)
        {
            int job = i;
            jobs.Add(() => work(job));
        }

        return jobs;
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
