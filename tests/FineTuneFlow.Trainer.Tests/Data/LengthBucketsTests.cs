using FineTuneFlow.Trainer.Data;

namespace FineTuneFlow.Trainer.Tests.Data;

public sealed class LengthBucketsTests
{
    private static readonly TrainingRow[] Rows = [.. Enumerable.Range(0, 5003).Select(i => new TrainingRow(new int[5 + (i * 7919 % 120)], 0))];

    [Fact]
    public void Every_row_comes_once_an_epoch_and_little_is_padding()
    {
        List<int[]> batches = LengthBuckets.Epoch(Rows, 16, seed: 1, epoch: 0);

        batches.SelectMany(batch => batch).Order().ShouldBe(Enumerable.Range(0, Rows.Length));
        long real = Rows.Sum(row => (long)row.Pieces.Length);
        long places = batches.Sum(batch => (long)batch.Length * batch.Max(row => Rows[row].Pieces.Length));
        ((double)real / places).ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void The_same_seed_and_epoch_give_the_same_batches_and_others_others()
    {
        string Of(int seed, int epoch) => string.Join(';', LengthBuckets.Epoch(Rows, 16, seed, epoch).Select(batch => string.Join(',', batch)));

        Of(1, 0).ShouldBe(Of(1, 0));
        Of(1, 1).ShouldNotBe(Of(1, 0));
        Of(2, 0).ShouldNotBe(Of(1, 0));
    }
}
