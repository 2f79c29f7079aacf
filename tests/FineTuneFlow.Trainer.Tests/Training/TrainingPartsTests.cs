using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Tests.Training;

public sealed class TrainingPartsTests
{
    [Fact]
    public void The_rate_rises_to_its_highest_and_falls_to_nearly_nothing()
    {
        var rate = new LearningRate(1, totalSteps: 100, warmUp: 0.1);

        rate.At(1).ShouldBe(0.1, 1e-12);
        rate.At(10).ShouldBe(1, 1e-12);
        rate.At(55).ShouldBeInRange(0.4, 0.6);
        rate.At(100).ShouldBeInRange(0.001, 0.02);
    }

    [Fact]
    public void The_loss_scale_is_halved_when_gradients_overflow_until_it_is_not_the_scale()
    {
        var scaler = new LossScaler(active: true);

        scaler.Accept(finite: false).ShouldBeFalse();
        scaler.Scale.ShouldBe(32768);
        for (int step = 0; step < 2000; step++)
        {
            scaler.Accept(finite: true).ShouldBeTrue();
        }

        scaler.Scale.ShouldBe(65536);
        for (int step = 0; step < 17; step++)
        {
            scaler.Accept(finite: false);
        }

        scaler.IsExhausted.ShouldBeTrue();
        new LossScaler(active: false).Scale.ShouldBe(1);
    }

    [Fact]
    public void Validation_is_scored_by_accuracy_and_then_by_loss()
    {
        float[][] logits = [[2, 0], [0, 1], [0, 3]];
        var score = ValidationScore.Of(logits, [0, 1, 0]);

        score.Accuracy.ShouldBe(2 / 3.0, 1e-12);
        score.Loss.ShouldBe((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(3))) / 3, 1e-6);
        score.IsBetterThan(null).ShouldBeTrue();
        new ValidationScore(0.5, 2).IsBetterThan(new ValidationScore(0.5, 1)).ShouldBeFalse();
        new ValidationScore(0.6, 2).IsBetterThan(new ValidationScore(0.5, 1)).ShouldBeTrue();
    }
}
