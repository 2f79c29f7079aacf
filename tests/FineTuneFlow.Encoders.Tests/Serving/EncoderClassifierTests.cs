using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Serving;

namespace FineTuneFlow.Encoders.Tests.Serving;

public sealed class EncoderClassifierTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(4, 9)]
    public void A_folder_answers_with_label_and_probabilities_in_the_order_of_the_texts(int threads, int times)
    {
        using var folder = new TempFolder();
        Make(folder);
        using EncoderClassifier classifier = EncoderClassifier.Load(folder.Path, threads);
        string[] some = ["so good", "bad . bad . bad . abc", "", "goodly", "a b c d e f g h i j a b c d e f g h i j a b c"];
        string[] texts = [.. Enumerable.Repeat(some, times).SelectMany(one => one)];

        EncoderAnswer[] together = classifier.Predict(texts);

        for (int i = 0; i < texts.Length; i++)
        {
            EncoderAnswer alone = classifier.Predict(texts[i]);
            together[i].Label.ShouldBe(alone.Label);
            together[i].Probabilities.Zip(alone.Probabilities, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6);
            together[i].Probabilities.Sum().ShouldBe(1, 1e-9);
            classifier.Labels.ShouldContain(together[i].Label);
        }
    }

    [Fact]
    public void Asked_to_stop_it_answers_no_further_batch()
    {
        using var folder = new TempFolder();
        Make(folder);
        using EncoderClassifier classifier = EncoderClassifier.Load(folder.Path);

        Should.Throw<OperationCanceledException>(() => classifier.Predict(["so good", "so bad"], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_folder_without_its_model_or_its_facts_is_told_so()
    {
        using var folder = new TempFolder();
        Should.Throw<FlowException>(() => EncoderClassifier.Load(folder.Path)).Failure.Message.ShouldContain(EncoderFacts.FileName);
        Make(folder);
        File.Delete(folder[EncoderFacts.ExactModel]);

        Should.Throw<FlowException>(() => EncoderClassifier.Load(folder.Path)).Failure.Message.ShouldContain(EncoderFacts.ExactModel);
        File.WriteAllText(folder[EncoderFacts.ExactModel], "not a model");
        Should.Throw<FlowException>(() => EncoderClassifier.Load(folder.Path)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
    }

    private static void Make(TempFolder folder)
    {
        EncoderCheckpoint checkpoint = EncoderCheckpoint.Load(Fixtures.Folder("distilbert"));
        checkpoint.Save(folder.Path);
        OnnxExport.Write(checkpoint.Config, checkpoint.Weights, folder[EncoderFacts.ExactModel], OnnxPrecision.Exact);
        new EncoderFacts { Serve = EncoderFacts.ExactModel, Labels = checkpoint.Config.Labels, MaxLength = checkpoint.Config.Positions, BaseModel = "tiny" }.Write(folder.Path);
    }
}
