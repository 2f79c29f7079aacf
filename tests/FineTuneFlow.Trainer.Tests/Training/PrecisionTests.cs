using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Networks;
using FineTuneFlow.Trainer.Training;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Tests.Training;

/// <summary>The paths of mixed precision, which GPUs take, on a processor, where they are slow and give the same numbers.</summary>
public sealed class PrecisionTests
{
    private static readonly TrainingRow[] Rows = [.. Enumerable.Range(0, 16).Select(i => new TrainingRow([2, 28, i % 2 == 0 ? 25 : 26, 5 + (i % 10), 3], i % 2))];

    [Theory]
    [InlineData(Precision.BFloat16, 0.05)]
    [InlineData(Precision.Half, 0.01)]
    internal void Gradients_of_mixed_precision_are_near_those_of_single_precision(Precision precision, double largest)
    {
        (double[] single, _) = Gradients(Precision.Single);
        (double[] mixed, bool isSingle) = Gradients(precision);

        double difference = Math.Sqrt(single.Zip(mixed, (a, b) => (a - b) * (a - b)).Sum() / single.Sum(value => value * value));
        difference.ShouldBeInRange(1e-6, largest, "the products are computed in fewer bits, and only they");
        isSingle.ShouldBeTrue("weights and their gradients stay in single precision");
    }

    [Theory]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Half)]
    internal void A_training_in_mixed_precision_learns(Precision precision)
    {
        using EncoderNetwork network = Network(precision);
        using var optimiser = new AdamW(network.Parameters, 0.01);
        var scaler = new LossScaler(precision == Precision.Half);
        var step = new TrainingStep(network, optimiser, scaler, Rows, new TrainingOptions(), 0, [1, 1, 1]);
        int[] all = [.. Enumerable.Range(0, Rows.Length)];

        double first = step.Run(all, 0.02, 1).Loss;
        for (int number = 2; number < 40; number++)
        {
            step.Run(all, 0.02, number);
        }

        (double last, int right, _) = step.Run(all, 0.02, 40);
        last.ShouldBeLessThan(first / 4);
        right.ShouldBe(Rows.Length);
    }

    [Fact]
    public void Gradients_that_overflow_in_half_precision_cost_a_step_and_halve_the_scale()
    {
        using EncoderNetwork network = Network(Precision.Half);
        using var optimiser = new AdamW(network.Parameters, 0.01);
        var scaler = new LossScaler(active: true);
        scaler.Restore(Math.Pow(2, 40), goodSteps: 0);
        var step = new TrainingStep(network, optimiser, scaler, Rows, new TrainingOptions(), 0, [1, 1, 1]);
        float[] before = network.Weights()["classifier.weight"].Values;
        int[] all = [.. Enumerable.Range(0, Rows.Length)];

        step.Run(all, 0.02, 1).Taken.ShouldBeFalse();

        scaler.Scale.ShouldBe(Math.Pow(2, 39));
        network.Weights()["classifier.weight"].Values.ShouldBe(before);
        int number = 2;
        while (!step.Run(all, 0.02, number).Taken && number < 60)
        {
            number++;
        }

        scaler.Scale.ShouldBeInRange(2, Math.Pow(2, 38));
        network.Weights()["classifier.weight"].Values.ShouldNotBe(before);
    }

    [Fact]
    public void On_a_processor_single_precision_is_the_choice_and_bfloat16_a_wish()
    {
        DeviceChoice.Make(DeviceWish.Cpu, PrecisionWish.Auto).Precision.ShouldBe(Precision.Single);
        DeviceChoice.Make(DeviceWish.Cpu, PrecisionWish.BFloat16).Precision.ShouldBe(Precision.BFloat16);
        DeviceChoice.Make(DeviceWish.Cpu, PrecisionWish.Auto).Name.ShouldStartWith("cpu");
    }

    private static EncoderNetwork Network(Precision precision)
    {
        EncoderCheckpoint tiny = EncoderCheckpoint.Load(Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert"));
        return new EncoderNetwork(tiny.Config, tiny.Weights, CPU, precision);
    }

    private static (double[] Values, bool IsSingle) Gradients(Precision precision)
    {
        using EncoderNetwork network = Network(precision);
        using IDisposable scope = NewDisposeScope();
        Batch batch = Batch.Of(Rows, Enumerable.Range(0, Rows.Length).ToArray(), 0, CPU);
        using Tensor loss = nn.functional.cross_entropy(network.Forward(batch.Ids, batch.Mask, training: true), batch.Labels);
        double scale = precision == Precision.Half ? 256 : 1;
        (loss * scale).backward();
        Tensor[] gradients = [.. network.Parameters.Select(weight => weight.Value.grad!)];
        return ([.. gradients.SelectMany(gradient => TensorFile.OfTensor(gradient).Values).Select(value => value / scale)], gradients.All(gradient => gradient.dtype == ScalarType.Float32));
    }
}
