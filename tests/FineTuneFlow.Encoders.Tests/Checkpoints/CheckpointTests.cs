using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("bert-mean")]
    [InlineData("distilbert")]
    public void What_is_saved_has_the_names_and_numbers_of_what_was_loaded(string encoder)
    {
        using var folder = new TempFolder();
        EncoderCheckpoint loaded = EncoderCheckpoint.Load(Fixtures.Folder(encoder));

        loaded.Save(folder.Path);

        Dictionary<string, WeightTensor> before = WeightFiles.Read(Fixtures.Folder(encoder));
        Dictionary<string, WeightTensor> after = WeightFiles.Read(folder.Path);
        after.Keys.Order().ShouldBe(before.Keys.Order());
        foreach ((string name, WeightTensor tensor) in before)
        {
            after[name].Values.ShouldBe(tensor.Values);
        }

        EncoderConfig read = EncoderConfigFile.Read(folder.Path);
        read.Labels.ShouldBe(loaded.Config.Labels);
        (read with { Labels = [] }).ShouldBe(loaded.Config with { Labels = [] });
    }

    [Fact]
    public void Names_of_old_files_and_heads_of_other_tasks_do_no_harm()
    {
        EncoderConfig config = EncoderConfigFile.Read(Fixtures.Folder("bert"));
        var old = WeightFiles.Read(Fixtures.Folder("bert")).ToDictionary(
            weight => weight.Key.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
            weight => weight.Value);
        old["cls.predictions.bias"] = WeightTensor.Zeros(5);
        old["classifier.weight"] = WeightTensor.Zeros(7, config.Hidden);

        EncoderWeights weights = EncoderWeights.Of(config, old);

        weights.Has("embeddings.LayerNorm.weight").ShouldBeTrue();
        weights.Has("classifier.weight").ShouldBeFalse("a classifier of other classes is begun anew");
    }

    [Fact]
    public void A_checkpoint_in_parts_is_put_together_and_a_missing_part_is_named()
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(Fixtures.Folder("distilbert"), "config.json"), folder["config.json"]);
        File.Copy(Path.Combine(Fixtures.Folder("distilbert"), "vocab.txt"), folder["vocab.txt"]);
        KeyValuePair<string, WeightTensor>[] all = [.. WeightFiles.Read(Fixtures.Folder("distilbert"))];
        string[] parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        Safetensors.Write(folder[parts[0]], all[..9]);
        Safetensors.Write(folder[parts[1]], all[9..]);
        var map = new JsonObject(all.Select((weight, i) => KeyValuePair.Create(weight.Key, (JsonNode?)parts[i < 9 ? 0 : 1])));
        File.WriteAllText(folder[WeightFiles.Index], new JsonObject { ["weight_map"] = map }.ToJsonString());

        EncoderCheckpoint.Load(folder.Path).Weights.All.Count().ShouldBe(all.Length);
        File.Delete(folder[parts[1]]);

        Should.Throw<FlowException>(() => EncoderCheckpoint.Load(folder.Path)).Failure.Message.ShouldContain(parts[1]);
    }

    [Fact]
    public void Half_precision_is_read()
    {
        using var folder = new TempFolder();
        byte[] header = Encoding.ASCII.GetBytes("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},"c":{"dtype":"I64","shape":[1],"data_offsets":[6,14]}}""");
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, 0x00, 0x3C, 0x00, 0xC0, 0x80, 0x3F, .. new byte[8]];
        File.WriteAllBytes(folder["half.safetensors"], file);

        Dictionary<string, WeightTensor> read = Safetensors.Read(folder["half.safetensors"]);

        read["a"].Values.ShouldBe([1f, -2f]);
        read["b"].Values.ShouldBe([1f]);
        read.ShouldNotContainKey("c");
    }

    [Theory]
    [InlineData("roberta", "roberta")]
    [InlineData("", "type")]
    public void An_architecture_that_is_not_known_is_told_with_those_that_are(string type, string told)
    {
        Failure failure = Should.Throw<FlowException>(() => EncoderConfigFile.Read(Encoding.UTF8.GetBytes($$"""{"model_type": "{{type}}"}"""))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain(told);
        failure.Remedy!.ShouldContain("distilbert");
    }

    [Theory]
    [InlineData("config.json", "config.json")]
    [InlineData("vocab.txt", "vocab.txt")]
    [InlineData("model.safetensors", "model.safetensors")]
    public void What_is_not_a_checkpoint_is_told_by_the_file_that_it_lacks(string lacking, string told)
    {
        using var folder = new TempFolder();
        foreach (string file in new[] { "config.json", "vocab.txt", "model.safetensors" }.Where(file => file != lacking))
        {
            File.Copy(Path.Combine(Fixtures.Folder("bert"), file), folder[file]);
        }

        Failure failure = Should.Throw<FlowException>(() => EncoderCheckpoint.Load(folder.Path)).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain(told);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(-7)]
    public void A_weights_file_that_is_cut_off_is_told_so(int length)
    {
        using var folder = new TempFolder();
        byte[] whole = File.ReadAllBytes(Path.Combine(Fixtures.Folder("bert"), "model.safetensors"));
        File.WriteAllBytes(folder["cut.safetensors"], whole[..(length < 0 ? whole.Length + length : length)]);

        Should.Throw<FlowException>(() => Safetensors.Read(folder["cut.safetensors"])).Failure.Message.ShouldContain("cut.safetensors");
    }

    [Fact]
    public void Weights_of_another_shape_or_missing_ones_are_named()
    {
        EncoderConfig config = EncoderConfigFile.Read(Fixtures.Folder("bert"));
        Dictionary<string, WeightTensor> weights = WeightFiles.Read(Fixtures.Folder("bert"));

        Should.Throw<FlowException>(() => EncoderWeights.Of(config with { Layers = 3 }, weights)).Failure.Message.ShouldContain("encoder.layer.2");
        Should.Throw<FlowException>(() => EncoderWeights.Of(config with { Intermediate = 13 }, weights)).Failure.Message.ShouldContain("13x8");
    }
}
