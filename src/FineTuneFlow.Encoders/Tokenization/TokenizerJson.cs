using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>The form of Hugging Face's <c>tokenizer.json</c>, as far as WordPiece and BERT use it.</summary>
internal static class TokenizerJson
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="FlowException">InvalidInput: not JSON, or not a WordPiece tokenizer with BERT's normaliser.</exception>
    public static WordPieceTokenizer Read(ReadOnlySpan<byte> json)
    {
        JsonNode root;
        try
        {
            root = JsonNode.Parse(json)!;
            JsonNode model = root["model"] ?? throw Refused("names no model");
            string type = (string?)model["type"] ?? "";
            if (type != "WordPiece")
            {
                throw Refused($"holds a tokenizer of type \"{type}\"; WordPiece is what loads");
            }

            var ids = model["vocab"]!.AsObject().ToDictionary(entry => entry.Key, entry => (int)entry.Value!, StringComparer.Ordinal);
            string[] special = [.. Special(root["added_tokens"] as JsonArray, ids)];
            var defaults = new TokenizerOptions();
            TokenizerOptions options = Normalizer(root["normalizer"]) with
            {
                Unknown = (string?)model["unk_token"] ?? defaults.Unknown,
                ContinuationPrefix = (string?)model["continuing_subword_prefix"] ?? defaults.ContinuationPrefix,
                LongestWord = (int?)model["max_input_chars_per_word"] ?? defaults.LongestWord,
                Special = special,
            };
            return new WordPieceTokenizer(new Vocabulary(ids, options.ContinuationPrefix), options);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{TokenizerFiles.Json} of the checkpoint cannot be read", "Fetch the checkpoint again", error);
        }
    }

    public static string Write(WordPieceTokenizer tokenizer, int longest)
    {
        TokenizerOptions options = tokenizer.Options;
        var vocabulary = new JsonObject();
        string?[] pieces = tokenizer.Vocabulary.InOrder();
        for (int id = 0; id < pieces.Length; id++)
        {
            if (pieces[id] is { } piece)
            {
                vocabulary[piece] = id;
            }
        }

        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = new JsonObject { ["direction"] = "Right", ["max_length"] = longest, ["strategy"] = "LongestFirst", ["stride"] = 0 },
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. options.Special.Where(tokenizer.Vocabulary.Has).Select(token => new JsonObject
            {
                ["id"] = tokenizer.Vocabulary.Of(token), ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false,
                ["normalized"] = false, ["special"] = true,
            })]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = options.SplitIdeographs,
                ["strip_accents"] = options.StripAccents, ["lowercase"] = options.Lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = Template(tokenizer),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = options.ContinuationPrefix, ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece", ["unk_token"] = options.Unknown, ["continuing_subword_prefix"] = options.ContinuationPrefix,
                ["max_input_chars_per_word"] = options.LongestWord, ["vocab"] = vocabulary,
            },
        };
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Template(WordPieceTokenizer tokenizer)
    {
        static JsonObject Token(string id) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        JsonObject Known(string token) => new()
        {
            ["id"] = token, ["ids"] = new JsonArray(tokenizer.Vocabulary.Of(token)), ["tokens"] = new JsonArray(token),
        };
        TokenizerOptions options = tokenizer.Options;
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Token(options.Start), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }, Token(options.End)),
            ["pair"] = new JsonArray(
                Token(options.Start),
                new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } },
                Token(options.End),
                new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "B", ["type_id"] = 1 } },
                new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = options.End, ["type_id"] = 1 } }),
            ["special_tokens"] = new JsonObject { [options.Start] = Known(options.Start), [options.End] = Known(options.End) },
        };
    }

    private static TokenizerOptions Normalizer(JsonNode? normalizer)
    {
        if ((string?)normalizer?["type"] is not "BertNormalizer")
        {
            throw Refused("has another normaliser than BERT's");
        }

        if ((bool?)normalizer["clean_text"] == false)
        {
            throw Refused("turns the cleaning of texts off, which no published BERT does");
        }

        bool lower = (bool?)normalizer["lowercase"] ?? true;
        return new TokenizerOptions
        {
            Lowercase = lower,
            StripAccents = (bool?)normalizer["strip_accents"] ?? lower,
            SplitIdeographs = (bool?)normalizer["handle_chinese_chars"] ?? true,
        };
    }

    private static IEnumerable<string> Special(JsonArray? added, Dictionary<string, int> ids)
    {
        foreach (JsonNode token in (added ?? []).OfType<JsonNode>())
        {
            string content = (string)token["content"]!;
            bool bent = (bool?)token["single_word"] == true || (bool?)token["lstrip"] == true || (bool?)token["rstrip"] == true || (bool?)token["normalized"] == true;
            if (bent)
            {
                throw Refused($"adds the token \"{content}\" with rules (single_word, lstrip, rstrip, normalized) that are not supported");
            }

            ids[content] = (int)token["id"]!;
            yield return content;
        }
    }

    private static FlowException Refused(string why) => new(
        FailureKind.InvalidInput, $"{TokenizerFiles.Json} of the checkpoint {why}", "Use a checkpoint of BERT's family with a WordPiece tokenizer");
}
