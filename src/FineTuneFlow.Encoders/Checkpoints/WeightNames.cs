using System.Text.RegularExpressions;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>Hugging Face's names of weights and those used here, which are BERT's without its prefix, for both architectures.</summary>
public static partial class WeightNames
{
    public const string Words = "embeddings.word_embeddings.weight";
    public const string Positions = "embeddings.position_embeddings.weight";
    public const string Segments = "embeddings.token_type_embeddings.weight";
    public const string EmbeddingNorm = "embeddings.LayerNorm";
    /// <summary>BERT's pooler, DistilBERT's pre_classifier.</summary>
    public const string Dense = "pooler.dense";
    public const string Classifier = "classifier";

    private static readonly (string Distil, string Bert)[] Layer =
    [
        ("attention.q_lin", "attention.self.query"), ("attention.k_lin", "attention.self.key"), ("attention.v_lin", "attention.self.value"),
        ("attention.out_lin", "attention.output.dense"), ("sa_layer_norm", "attention.output.LayerNorm"), ("ffn.lin1", "intermediate.dense"),
        ("ffn.lin2", "output.dense"), ("output_layer_norm", "output.LayerNorm"),
    ];

    /// <summary>The name used here for a name in a checkpoint; a name that means nothing here comes back without its prefix.</summary>
    public static string FromFile(string name)
    {
        // Old files name the parameters of norms gamma and beta.
        name = Gamma().Replace(name, "LayerNorm.weight");
        name = Beta().Replace(name, "LayerNorm.bias");
        name = Prefix().Replace(name, "");
        if (name.StartsWith("pre_classifier.", StringComparison.Ordinal))
        {
            return Dense + name["pre_classifier".Length..];
        }

        Match match = DistilLayer().Match(name);
        if (!match.Success)
        {
            return name;
        }

        foreach ((string distil, string bert) in Layer)
        {
            if (match.Groups["part"].ValueSpan.SequenceEqual(distil))
            {
                return $"encoder.layer.{match.Groups["layer"].Value}.{bert}.{match.Groups["kind"].Value}";
            }
        }

        return name;
    }

    /// <summary>The name in a checkpoint of a sequence classifier for a name used here.</summary>
    public static string ToFile(string name, EncoderArchitecture architecture)
    {
        if (name.StartsWith(Classifier + ".", StringComparison.Ordinal))
        {
            return name;
        }

        if (architecture == EncoderArchitecture.Bert)
        {
            return "bert." + name;
        }

        if (name.StartsWith(Dense, StringComparison.Ordinal))
        {
            return "pre_classifier" + name[Dense.Length..];
        }

        Match match = BertLayer().Match(name);
        return match.Success
            ? $"distilbert.transformer.layer.{match.Groups["layer"].Value}.{Layer.First(pair => pair.Bert == match.Groups["part"].Value).Distil}.{match.Groups["kind"].Value}"
            : "distilbert." + name;
    }

    [GeneratedRegex(@"LayerNorm\.gamma$")]
    private static partial Regex Gamma();

    [GeneratedRegex(@"LayerNorm\.beta$")]
    private static partial Regex Beta();

    [GeneratedRegex(@"^(bert|distilbert|model)\.")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^transformer\.layer\.(?<layer>\d+)\.(?<part>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex DistilLayer();

    [GeneratedRegex(@"^encoder\.layer\.(?<layer>\d+)\.(?<part>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex BertLayer();
}
