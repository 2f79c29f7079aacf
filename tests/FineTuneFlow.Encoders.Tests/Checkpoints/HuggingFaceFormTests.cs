using System.Buffers.Binary;
using System.Text.Json;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Tests.Checkpoints;

/// <summary>A saved folder is held against what <c>transformers</c> asks of one, byte by byte and with none of this library's own readers: the names of
/// the files, the keys of its configurations, and the names and shapes of the weights of its classes. The library itself is not in Debian.</summary>
public sealed class HuggingFaceFormTests
{
    private const int Words = 30;
    private const int Positions = 16;
    private const int Width = 8;
    private const int Inner = 12;
    private const int Labels = 3;

    private static readonly string[] BertKeys =
    [
        "architectures", "attention_probs_dropout_prob", "classifier_dropout", "hidden_act", "hidden_dropout_prob", "hidden_size", "id2label", "initializer_range", "intermediate_size",
        "label2id", "layer_norm_eps", "max_position_embeddings", "model_type", "num_attention_heads", "num_hidden_layers", "pad_token_id", "position_embedding_type", "problem_type",
        "torch_dtype", "type_vocab_size", "vocab_size",
    ];

    private static readonly string[] DistilBertKeys =
    [
        "activation", "architectures", "attention_dropout", "dim", "dropout", "hidden_dim", "id2label", "initializer_range", "label2id", "max_position_embeddings", "model_type", "n_heads",
        "n_layers", "pad_token_id", "problem_type", "seq_classif_dropout", "sinusoidal_pos_embds", "torch_dtype", "vocab_size",
    ];

    [Theory]
    [InlineData("bert", "BertForSequenceClassification")]
    [InlineData("bert-mean", "BertModel")]
    [InlineData("distilbert", "DistilBertForSequenceClassification")]
    public void The_configuration_has_the_keys_of_the_class_that_it_names_and_one_of_our_own(string encoder, string type)
    {
        using TempFolder folder = Saved(encoder);
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(folder["config.json"]));
        JsonElement root = config.RootElement;

        root.EnumerateObject().Select(key => key.Name).Order(StringComparer.Ordinal)
            .ShouldBe([.. (encoder == "distilbert" ? DistilBertKeys : BertKeys).Append("finetuneflow").Order(StringComparer.Ordinal)]);
        root.GetProperty("architectures").EnumerateArray().Single().GetString().ShouldBe(type);
        root.GetProperty("model_type").GetString().ShouldBe(encoder.Split('-')[0]);
        root.GetProperty("id2label").EnumerateObject().Select(label => (label.Name, label.Value.GetString())).ShouldBe([("0", "1"), ("1", "2"), ("2", "3")]);
        root.GetProperty("label2id").EnumerateObject().Select(label => (label.Name, label.Value.GetInt32())).ShouldBe([("1", 0), ("2", 1), ("3", 2)]);
        root.GetProperty("vocab_size").GetInt32().ShouldBe(File.ReadAllLines(folder["vocab.txt"]).Length);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-mean")]
    [InlineData("distilbert")]
    public void The_weights_file_has_the_names_and_shapes_of_the_class_and_no_byte_without_a_tensor(string encoder)
    {
        using TempFolder folder = Saved(encoder);
        byte[] file = File.ReadAllBytes(folder["model.safetensors"]);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        (header % 8).ShouldBe(0, "the numbers are to be aligned");
        using JsonDocument json = JsonDocument.Parse(file.AsMemory(8, header));

        // Without this word from_pretrained refuses the file.
        json.RootElement.GetProperty("__metadata__").GetProperty("format").GetString().ShouldBe("pt");
        JsonProperty[] tensors = [.. json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")];
        Dictionary<string, int[]> expected = encoder == "distilbert" ? DistilBert() : Bert(pooler: encoder == "bert");
        tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal).ShouldBe(expected.Keys.Order(StringComparer.Ordinal));
        long at = 0;
        foreach (JsonProperty tensor in tensors.OrderBy(tensor => tensor.Value.GetProperty("data_offsets")[0].GetInt64()))
        {
            tensor.Value.GetProperty("dtype").GetString().ShouldBe("F32");
            int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())];
            shape.ShouldBe(expected[tensor.Name], tensor.Name);
            tensor.Value.GetProperty("data_offsets")[0].GetInt64().ShouldBe(at);
            at += 4L * shape.Aggregate(1, (count, length) => count * length);
            tensor.Value.GetProperty("data_offsets")[1].GetInt64().ShouldBe(at);
        }

        (8 + header + at).ShouldBe(file.Length);
    }

    [Fact]
    public void The_tokenizer_is_there_in_the_form_of_the_fast_and_of_the_plain_library()
    {
        using TempFolder folder = Saved("bert");
        Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]);
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(folder["tokenizer_config.json"]));
        using JsonDocument fast = JsonDocument.Parse(File.ReadAllBytes(folder["tokenizer.json"]));
        JsonElement root = fast.RootElement;

        config.RootElement.EnumerateObject().Select(key => key.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["cls_token", "do_lower_case", "mask_token", "model_max_length", "pad_token", "sep_token", "strip_accents", "tokenize_chinese_chars", "tokenizer_class", "unk_token"]);
        config.RootElement.GetProperty("tokenizer_class").GetString().ShouldBe("BertTokenizer");
        root.EnumerateObject().Select(key => key.Name).ShouldBe(
            ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"]);
        root.GetProperty("version").GetString().ShouldBe("1.0");
        root.GetProperty("model").GetProperty("type").GetString().ShouldBe("WordPiece");
        root.GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(piece => piece.Value.GetInt32()).Select(piece => piece.Name).ShouldBe(File.ReadAllLines(folder["vocab.txt"]));
        root.GetProperty("post_processor").GetProperty("special_tokens").EnumerateObject().Select(token => token.Name).ShouldBe(["[CLS]", "[SEP]"]);
    }

    private static TempFolder Saved(string encoder)
    {
        var folder = new TempFolder();
        EncoderCheckpoint.Load(Fixtures.Folder(encoder)).Save(folder.Path);
        return folder;
    }

    private static Dictionary<string, int[]> Bert(bool pooler)
    {
        var weights = new Dictionary<string, int[]>
        {
            ["bert.embeddings.word_embeddings.weight"] = [Words, Width],
            ["bert.embeddings.position_embeddings.weight"] = [Positions, Width],
            ["bert.embeddings.token_type_embeddings.weight"] = [2, Width],
        };
        Norm(weights, "bert.embeddings.LayerNorm");
        for (int layer = 0; layer < 2; layer++)
        {
            string at = $"bert.encoder.layer.{layer}.";
            Linear(weights, at + "attention.self.query", Width, Width);
            Linear(weights, at + "attention.self.key", Width, Width);
            Linear(weights, at + "attention.self.value", Width, Width);
            Linear(weights, at + "attention.output.dense", Width, Width);
            Norm(weights, at + "attention.output.LayerNorm");
            Linear(weights, at + "intermediate.dense", Inner, Width);
            Linear(weights, at + "output.dense", Width, Inner);
            Norm(weights, at + "output.LayerNorm");
        }

        if (pooler)
        {
            Linear(weights, "bert.pooler.dense", Width, Width);
        }

        Linear(weights, "classifier", Labels, Width);
        return weights;
    }

    private static Dictionary<string, int[]> DistilBert()
    {
        var weights = new Dictionary<string, int[]>
        {
            ["distilbert.embeddings.word_embeddings.weight"] = [Words, Width],
            ["distilbert.embeddings.position_embeddings.weight"] = [Positions, Width],
        };
        Norm(weights, "distilbert.embeddings.LayerNorm");
        for (int layer = 0; layer < 2; layer++)
        {
            string at = $"distilbert.transformer.layer.{layer}.";
            foreach (string part in new[] { "q_lin", "k_lin", "v_lin", "out_lin" })
            {
                Linear(weights, at + "attention." + part, Width, Width);
            }

            Norm(weights, at + "sa_layer_norm");
            Linear(weights, at + "ffn.lin1", Inner, Width);
            Linear(weights, at + "ffn.lin2", Width, Inner);
            Norm(weights, at + "output_layer_norm");
        }

        Linear(weights, "pre_classifier", Width, Width);
        Linear(weights, "classifier", Labels, Width);
        return weights;
    }

    private static void Linear(Dictionary<string, int[]> weights, string name, int output, int input)
    {
        weights[name + ".weight"] = [output, input];
        weights[name + ".bias"] = [output];
    }

    private static void Norm(Dictionary<string, int[]> weights, string name)
    {
        weights[name + ".weight"] = [Width];
        weights[name + ".bias"] = [Width];
    }
}
