using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Networks;
using FineTuneFlow.Trainer.Training;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Tests.Networks;

/// <summary>What fixtures/make_encoders.py has computed with PyTorch, once more.</summary>
public sealed class AgainstPyTorchTests
{
    private static readonly long[,] Ids = { { 2, 5, 16, 25, 27, 3 }, { 2, 28, 26, 3, 0, 0 }, { 2, 7, 8, 3, 0, 0 }, { 2, 25, 25, 29, 3, 0 } };

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-mean")]
    [InlineData("distilbert")]
    public void Logits_loss_gradients_and_one_step_are_PyTorch_s(string encoder)
    {
        using IDisposable scope = NewDisposeScope();
        string folder = Path.Combine(AppContext.BaseDirectory, "fixtures", encoder);
        Dictionary<string, WeightTensor> expected = Safetensors.Read(Path.Combine(folder, "expected.safetensors"));
        EncoderCheckpoint checkpoint = EncoderCheckpoint.Load(folder);
        using var network = new EncoderNetwork(checkpoint.Config, checkpoint.Weights, CPU, Precision.Single);
        using var optimiser = new AdamW(network.Parameters, 0.01);
        Tensor ids = tensor(Ids);

        Tensor logits = network.Forward(ids, ids.ne(0), training: true);
        Tensor loss = nn.functional.cross_entropy(logits, tensor(new long[] { 0, 2, 1, 2 }), tensor(new[] { 1f, 2f, 0.5f }));
        loss.backward();

        Same(TensorFile.OfTensor(logits), expected["logits"]);
        Same(TensorFile.OfTensor(loss.reshape(1)), expected["loss"]);
        foreach ((string name, Tensor weight) in network.Parameters)
        {
            Same(TensorFile.OfTensor(weight.grad!), expected["grad." + WeightNames.ToFile(name, checkpoint.Config.Architecture)]);
        }

        double norm = optimiser.GradientNorm();
        norm.ShouldBe(expected["norm"].Values[0], 1e-4);
        optimiser.Step(1e-3, 0.5 / (norm + 1e-6));

        foreach ((string name, Tensor weight) in network.Parameters)
        {
            string file = WeightNames.ToFile(name, checkpoint.Config.Architecture);
            Same(TensorFile.OfTensor(weight), expected["after." + file], expected["grad." + file]);
        }
    }

    private static void Same(WeightTensor ours, WeightTensor theirs) =>
        ours.Values.Zip(theirs.Values, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);

    /// <summary>Where a gradient is nothing but rounding, as of the keys' biases, which softmax does not feel, AdamW's first step is the
    /// rounding's sign.</summary>
    private static void Same(WeightTensor ours, WeightTensor theirs, WeightTensor gradients) =>
        Enumerable.Range(0, ours.Values.Length).Where(i => Math.Abs(gradients.Values[i]) > 1e-5).Select(i => Math.Abs(ours.Values[i] - theirs.Values[i]))
            .DefaultIfEmpty().Max().ShouldBeLessThan(1e-5f);
}
