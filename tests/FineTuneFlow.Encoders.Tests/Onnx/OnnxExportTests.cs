using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Serving;

namespace FineTuneFlow.Encoders.Tests.Onnx;

public sealed class OnnxExportTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("bert-mean")]
    [InlineData("distilbert")]
    public void The_exported_model_answers_what_PyTorch_computes(string encoder)
    {
        using var folder = new TempFolder();

        float[] logits = Export(encoder, OnnxPrecision.Exact, folder);

        float[] expected = Fixtures.Expected(encoder)["logits"].Values;
        logits.Zip(expected, (ours, theirs) => Math.Abs(ours - theirs)).Max().ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("distilbert")]
    public void Weights_of_eight_bits_answer_nearly_the_same(string encoder)
    {
        using var folder = new TempFolder();

        float[] logits = Export(encoder, OnnxPrecision.Quantised, folder);

        float[] expected = Fixtures.Expected(encoder)["logits"].Values;
        float largest = logits.Zip(expected, (ours, theirs) => Math.Abs(ours - theirs)).Max();
        largest.ShouldBeInRange(1e-6f, 0.15f);
    }

    [Theory]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Relu)]
    public void Other_activations_are_exported_as_such(Activation activation)
    {
        using var folder = new TempFolder();
        EncoderCheckpoint checkpoint = EncoderCheckpoint.Load(Fixtures.Folder("bert"));

        OnnxExport.Write(checkpoint.Config with { Activation = activation }, checkpoint.Weights, folder["model.onnx"], OnnxPrecision.Exact);

        using var session = new EncoderSession(folder["model.onnx"], threads: 1);
        float largest = session.Logits(Fixtures.Rows, 0).SelectMany(row => row).Zip(Fixtures.Expected("bert")["logits"].Values, (ours, theirs) => Math.Abs(ours - theirs)).Max();
        largest.ShouldBeInRange(1e-5f, 1f);
    }

    private static float[] Export(string encoder, OnnxPrecision precision, TempFolder folder)
    {
        EncoderCheckpoint checkpoint = EncoderCheckpoint.Load(Fixtures.Folder(encoder));
        OnnxExport.Write(checkpoint.Config, checkpoint.Weights, folder["model.onnx"], precision);
        using var session = new EncoderSession(folder["model.onnx"], threads: 1);
        return [.. session.Logits(Fixtures.Rows, 0).SelectMany(row => row)];
    }
}
