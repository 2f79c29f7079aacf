using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary><c>config.json</c> in Hugging Face's form. What only this product knows stands under <c>finetuneflow</c>.</summary>
public static class EncoderConfigFile
{
    public const string Name = "config.json";

    /// <summary>Where sentence-transformers tells how a model is pooled.</summary>
    public const string PoolingName = "1_Pooling/config.json";

    private const string Own = "finetuneflow";

    /// <exception cref="FlowException">InvalidInput: no checkpoint, or one that is not of BERT's family, with the list of what loads.</exception>
    public static EncoderConfig Read(string folder)
    {
        string file = Path.Combine(folder, Name);
        if (!File.Exists(file))
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"{folder} is not a checkpoint: it has no {Name}", "Name a folder in Hugging Face's form: config.json, model.safetensors and the tokenizer's files");
        }

        string pooling = Path.Combine(folder, PoolingName);
        return Read(File.ReadAllBytes(file), File.Exists(pooling) ? File.ReadAllBytes(pooling) : null);
    }

    /// <param name="config">config.json.</param>
    /// <param name="pooling">1_Pooling/config.json, where there is one.</param>
    /// <exception cref="FlowException">InvalidInput, as of the other overload.</exception>
    public static EncoderConfig Read(byte[] config, byte[]? pooling = null)
    {
        try
        {
            var fields = new ConfigFields(JsonNode.Parse(config)!.AsObject());
            string type = fields.Text("model_type") ?? "";
            EncoderConfig read = type switch
            {
                "bert" => Bert(fields),
                "distilbert" => DistilBert(fields),
                _ => throw Refused(
                    $"is a model of type \"{type}\"", "These load: bert (MiniLM, bge, gte, e5, arctic and multilingual BERT among them) and distilbert"),
            };
            read = read with
            {
                Labels = Labels(fields),
                Pooling = PoolingOf(fields, pooling),
                TrainedLength = fields.Within(Own)?.WholeOrNull("maxLength"),
            };
            return Checked(read);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{Name} of the checkpoint cannot be read: {error.Message}", "Fetch the checkpoint again", error);
        }
    }

    public static void Write(EncoderConfig config, string folder)
    {
        JsonObject json = config.Architecture == EncoderArchitecture.Bert ? BertJson(config) : DistilBertJson(config);
        json["vocab_size"] = config.VocabularySize;
        json["max_position_embeddings"] = config.Positions;
        json["pad_token_id"] = 0;
        json["id2label"] = new JsonObject(config.Labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)));
        json["label2id"] = new JsonObject(config.Labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
        json["problem_type"] = "single_label_classification";
        json["torch_dtype"] = "float32";
        json[Own] = new JsonObject { ["pooling"] = config.Pooling.ToString().ToLowerInvariant(), ["maxLength"] = config.TrainedLength };
        File.WriteAllText(Path.Combine(folder, Name), json.ToJsonString(TokenizerJson.Indented) + "\n");
    }

    private static EncoderConfig Bert(ConfigFields fields)
    {
        if (fields.Text("position_embedding_type") is { } positions and not "absolute")
        {
            throw Refused($"has position embeddings of the kind \"{positions}\"", "Only absolute position embeddings load");
        }

        double dropout = fields.Number("hidden_dropout_prob", 0.1);
        return new EncoderConfig
        {
            Architecture = EncoderArchitecture.Bert,
            VocabularySize = fields.Whole("vocab_size"),
            Hidden = fields.Whole("hidden_size"),
            Layers = fields.Whole("num_hidden_layers"),
            Heads = fields.Whole("num_attention_heads"),
            Intermediate = fields.Whole("intermediate_size"),
            Positions = fields.Whole("max_position_embeddings"),
            SegmentTypes = fields.WholeOrNull("type_vocab_size") ?? 2,
            NormEpsilon = fields.Number("layer_norm_eps", 1e-12),
            Activation = ActivationOf(fields.Text("hidden_act")),
            Dropout = dropout,
            AttentionDropout = fields.Number("attention_probs_dropout_prob", 0.1),
            HeadDropout = fields.Number("classifier_dropout", dropout),
        };
    }

    private static EncoderConfig DistilBert(ConfigFields fields) => new()
    {
        Architecture = EncoderArchitecture.DistilBert,
        VocabularySize = fields.Whole("vocab_size"),
        Hidden = fields.Whole("dim"),
        Layers = fields.Whole("n_layers"),
        Heads = fields.Whole("n_heads"),
        Intermediate = fields.Whole("hidden_dim"),
        Positions = fields.Whole("max_position_embeddings"),
        SegmentTypes = 0,
        Activation = ActivationOf(fields.Text("activation")),
        Dropout = fields.Number("dropout", 0.1),
        AttentionDropout = fields.Number("attention_dropout", 0.1),
        HeadDropout = fields.Number("seq_classif_dropout", 0.2),
    };

    private static JsonObject BertJson(EncoderConfig config) => new()
    {
        // With the mean of all pieces there is no such class at Hugging Face: the encoder loads as a plain model, the classifier by its name.
        ["architectures"] = new JsonArray(config.Pooling == Pooling.Mean ? "BertModel" : "BertForSequenceClassification"),
        ["model_type"] = "bert",
        ["hidden_size"] = config.Hidden,
        ["num_hidden_layers"] = config.Layers,
        ["num_attention_heads"] = config.Heads,
        ["intermediate_size"] = config.Intermediate,
        ["type_vocab_size"] = config.SegmentTypes,
        ["layer_norm_eps"] = config.NormEpsilon,
        ["hidden_act"] = NameOf(config.Activation),
        ["hidden_dropout_prob"] = config.Dropout,
        ["attention_probs_dropout_prob"] = config.AttentionDropout,
        ["classifier_dropout"] = config.HeadDropout,
        ["position_embedding_type"] = "absolute",
        ["initializer_range"] = 0.02,
    };

    private static JsonObject DistilBertJson(EncoderConfig config) => new()
    {
        ["architectures"] = new JsonArray("DistilBertForSequenceClassification"),
        ["model_type"] = "distilbert",
        ["dim"] = config.Hidden,
        ["n_layers"] = config.Layers,
        ["n_heads"] = config.Heads,
        ["hidden_dim"] = config.Intermediate,
        ["activation"] = NameOf(config.Activation),
        ["dropout"] = config.Dropout,
        ["attention_dropout"] = config.AttentionDropout,
        ["seq_classif_dropout"] = config.HeadDropout,
        ["sinusoidal_pos_embds"] = false,
        ["initializer_range"] = 0.02,
    };

    private static ImmutableArray<string> Labels(ConfigFields fields) => fields.Within("id2label") is { } names
        ? [.. names.Entries.OrderBy(entry => int.Parse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture)).Select(entry => (string)entry.Value!)]
        : [];

    private static Pooling PoolingOf(ConfigFields fields, byte[]? pooling)
    {
        if (fields.Within(Own)?.Text("pooling") is { } own)
        {
            return Enum.Parse<Pooling>(own, ignoreCase: true);
        }

        return pooling is not null && new ConfigFields(JsonNode.Parse(pooling)!.AsObject()).Truth("pooling_mode_mean_tokens") ? Pooling.Mean : Pooling.Cls;
    }

    private static EncoderConfig Checked(EncoderConfig config)
    {
        if (config.Hidden < 1 || config.Heads < 1 || config.Layers < 1 || config.Positions < 3 || config.Hidden % config.Heads != 0)
        {
            throw Refused(
                $"has {config.Layers} layers of {config.Hidden} with {config.Heads} heads and {config.Positions} positions", "The heads must divide the width, and nothing may be empty");
        }

        return config;
    }

    private static Activation ActivationOf(string? name) => name switch
    {
        null or "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        _ => throw Refused($"uses the activation \"{name}\"", "These load: gelu, gelu_new, relu"),
    };

    private static string NameOf(Activation activation) => activation switch
    {
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_new",
        _ => "relu",
    };

    private static FlowException Refused(string what, string remedy) => new(FailureKind.InvalidInput, $"The checkpoint {what}", remedy);
}
