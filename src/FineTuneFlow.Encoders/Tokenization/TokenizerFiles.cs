using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>Reads and writes a tokenizer in Hugging Face's files: <c>tokenizer.json</c>, or <c>vocab.txt</c> with
/// <c>tokenizer_config.json</c>.</summary>
public static class TokenizerFiles
{
    public const string Json = "tokenizer.json";
    public const string Vocabulary = "vocab.txt";
    public const string Config = "tokenizer_config.json";

    /// <summary>The tokenizer of a checkpoint's folder.</summary>
    /// <exception cref="FlowException">InvalidInput: no tokenizer, or one that is not BERT's.</exception>
    public static WordPieceTokenizer Read(string folder)
    {
        string json = Path.Combine(folder, Json);
        if (File.Exists(json))
        {
            return TokenizerJson.Read(File.ReadAllBytes(json));
        }

        string vocabulary = Path.Combine(folder, Vocabulary);
        if (!File.Exists(vocabulary))
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"The checkpoint has neither {Json} nor {Vocabulary}", "Use a checkpoint of BERT's family with its tokenizer");
        }

        string config = Path.Combine(folder, Config);
        return new WordPieceTokenizer(ReadVocabulary(File.ReadLines(vocabulary)), File.Exists(config) ? ReadOptions(config) : new TokenizerOptions());
    }

    /// <summary>A vocabulary of one piece a line; the line's number from 0 is its id.</summary>
    public static Vocabulary ReadVocabulary(IEnumerable<string> lines)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int id = 0;
        foreach (string line in lines)
        {
            // Files that went through Windows end their lines with two characters.
            ids[line.TrimEnd('\r')] = id++;
        }

        return new Vocabulary(ids, new TokenizerOptions().ContinuationPrefix);
    }

    /// <summary>Writes all three files, so that every reader finds the one it looks for.</summary>
    public static void Write(WordPieceTokenizer tokenizer, string folder, int longest)
    {
        TokenizerOptions options = tokenizer.Options;
        var pieces = new StringBuilder();
        foreach (string? piece in tokenizer.Vocabulary.InOrder())
        {
            pieces.Append(piece).Append('\n');
        }

        File.WriteAllText(Path.Combine(folder, Vocabulary), pieces.ToString());
        var config = new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = options.Lowercase,
            ["strip_accents"] = options.StripAccents,
            ["tokenize_chinese_chars"] = options.SplitIdeographs,
            ["model_max_length"] = longest,
            ["unk_token"] = options.Unknown,
            ["cls_token"] = options.Start,
            ["sep_token"] = options.End,
            ["pad_token"] = options.Padding,
            ["mask_token"] = "[MASK]",
        };
        File.WriteAllText(Path.Combine(folder, Config), config.ToJsonString(TokenizerJson.Indented) + "\n");
        File.WriteAllText(Path.Combine(folder, Json), TokenizerJson.Write(tokenizer, longest));
    }

    private static TokenizerOptions ReadOptions(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement config = document.RootElement;
            bool lower = Truth(config, "do_lower_case") ?? true;
            return new TokenizerOptions
            {
                Lowercase = lower,
                StripAccents = Truth(config, "strip_accents") ?? lower,
                SplitIdeographs = Truth(config, "tokenize_chinese_chars") ?? true,
            };
        }
        catch (JsonException error)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{Config} of the checkpoint is not valid JSON", "Fetch the checkpoint again", error);
        }
    }

    private static bool? Truth(JsonElement config, string name) =>
        config.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
