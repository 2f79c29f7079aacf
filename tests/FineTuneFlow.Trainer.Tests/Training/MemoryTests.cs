using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Networks;
using FineTuneFlow.Trainer.Training;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Tests.Training;

/// <summary>What happens when the memory is short.</summary>
public sealed class MemoryTests
{
    private static readonly TrainingRow[] Rows = [.. Enumerable.Range(0, 8).Select(i => new TrainingRow([2, 5 + i, 25 + (i % 2), .. Enumerable.Repeat(7, i), 3], i % 2))];

    [Fact]
    public void A_shortage_that_libtorch_tells_is_known_as_one()
    {
        Exception told = Should.Throw<Exception>(() => zeros(1L << 50).Dispose());

        MemoryShortage.Is(told).ShouldBeTrue(told.Message);
        MemoryShortage.Is(new InvalidOperationException("something else")).ShouldBeFalse();
    }

    [Fact]
    public void A_batch_is_cut_in_halves_until_it_fits_and_later_ones_are_cut_at_once()
    {
        var parts = new BatchParts();
        var tried = new List<int>();
        int Work(int rows)
        {
            tried.Add(rows);
            return rows <= 4 ? rows : throw new InsufficientMemoryException();
        }

        parts.Run(16, Work).ShouldBe(4);
        parts.Run(16, Work).ShouldBe(4);
        parts.Run(9, Work).ShouldBe(3);

        tried.ShouldBe([16, 8, 4, 4, 3]);
        parts.Count.ShouldBe(4);
    }

    [Fact]
    public void A_text_that_does_not_fit_alone_ends_the_training_and_other_faults_are_not_taken_for_a_shortage()
    {
        Should.Throw<MemoryShortageException>(() => new BatchParts().Run<int>(4, _ => throw new InsufficientMemoryException())).InnerException.ShouldBeOfType<InsufficientMemoryException>();
        Should.Throw<InvalidDataException>(() => new BatchParts().Run<int>(4, _ => throw new InvalidDataException()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_step_in_parts_is_the_step_of_the_whole_batch(int parts)
    {
        Dictionary<string, WeightTensor> whole = Step(1);
        Dictionary<string, WeightTensor> cut = Step(parts);

        foreach ((string name, WeightTensor weight) in whole)
        {
            weight.Values.Zip(cut[name].Values, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-5f, name);
        }
    }

    /// <summary>The weights after five steps; the rate is small beside the weights, so that rounding does not decide.</summary>
    private static Dictionary<string, WeightTensor> Step(int parts)
    {
        EncoderCheckpoint tiny = EncoderCheckpoint.Load(Path.Combine(AppContext.BaseDirectory, "fixtures", "bert"));
        using var network = new EncoderNetwork(tiny.Config, tiny.Weights, CPU, Precision.Single);
        using var optimiser = new AdamW(network.Parameters.Where(weight => !weight.Key.EndsWith("key.bias", StringComparison.Ordinal)), 0.01);
        var step = new TrainingStep(network, optimiser, new LossScaler(active: false), Rows, new TrainingOptions(), tiny.Tokenizer.PaddingId, [1, 2, 0.5f], parts);
        for (int number = 1; number <= 5; number++)
        {
            step.Run([.. Enumerable.Range(0, Rows.Length)], 1e-3, number).Taken.ShouldBeTrue();
        }

        step.Parts.ShouldBe(parts);
        return network.Weights().All.ToDictionary(weight => weight.Key, weight => weight.Value);
    }
}
