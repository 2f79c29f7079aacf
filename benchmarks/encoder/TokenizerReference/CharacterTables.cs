using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tokenizers.DotNet;

namespace FineTuneFlow.Benchmarks.TokenizerReference;

/// <summary>Asks Hugging Face's own library what its BERT normaliser does with every code point. Behind the normaliser stands a
/// model whose vocabulary is the 256 bytes and whose pieces begin with a blank, so that the ids spell the normalised text and
/// show where it was cut.</summary>
internal static class CharacterTables
{
    private const int Last = 0x10FFFF;

    public static void Write(string file)
    {
        using var output = new StreamWriter(file) { NewLine = "\n" };
        output.WriteLine("# What Hugging Face's BERT normaliser and pre-tokeniser do with each code point; made by benchmarks/encoder/TokenizerReference.");
        string[] plain = Ask(Tokenizer(cleanText: true, chinese: false, strip: false, lower: false));
        Ranges(output, "removed", plain, cut => cut == " ab");
        Ranges(output, "space", plain, cut => cut == " a b");
        string[] unclean = Ask(Tokenizer(cleanText: false, chinese: false, strip: false, lower: false));
        Ranges(output, "punctuation", unclean, cut => cut.Split(' ') is ["", "a", { Length: > 0 }, "b"]);
        string[] chinese = Ask(Tokenizer(cleanText: false, chinese: true, strip: false, lower: false));
        Ranges(output, "ideograph", [.. chinese.Zip(unclean, (with, without) => with == without ? "" : with)], cut => cut.Length > 0);
        Mapped(output, "stripped", Ask(Tokenizer(cleanText: false, chinese: false, strip: true, lower: false)));
        Mapped(output, "lowered", Ask(Tokenizer(cleanText: false, chinese: false, strip: false, lower: true)));
    }

    private static void Ranges(StreamWriter output, string name, string[] answers, Func<string, bool> chosen)
    {
        output.WriteLine(name);
        for (int point = 0; point <= Last; point++)
        {
            if (answers[point] is { } answer && chosen(answer))
            {
                int first = point;
                while (point < Last && answers[point + 1] is { } next && chosen(next))
                {
                    point++;
                }

                output.WriteLine(first == point ? Hex(first) : $"{Hex(first)}-{Hex(point)}");
            }
        }
    }

    /// <summary>Code points that change, with what they become; nothing behind the equals sign: removed. Hangul syllables, whose
    /// decomposition is arithmetic, are left out of the first table.</summary>
    private static void Mapped(StreamWriter output, string name, string[] answers)
    {
        output.WriteLine(name);
        for (int point = 0; point <= Last; point++)
        {
            if (point == 0 || answers[point] is not { } answer || point is >= 0xAC00 and <= 0xD7A3 && name == "stripped")
            {
                continue;
            }

            // Blanks are where it was cut, and every test text holds no blank of its own.
            string joined = answer.Replace(" ", "", StringComparison.Ordinal);
            string became = joined[1..^1];
            string before = char.ConvertFromUtf32(point);
            if (became != before && !(became.Length == 0 && string.IsNullOrWhiteSpace(before)))
            {
                output.WriteLine($"{Hex(point)}={string.Join(' ', became.EnumerateRunes().Select(rune => Hex(rune.Value)))}");
            }
        }
    }

    private static string[] Ask(Tokenizer tokenizer)
    {
        string[] answers = new string[Last + 1];
        for (int point = 0; point <= Last; point++)
        {
            if (point is < 0xD800 or > 0xDFFF)
            {
                // A zero ends a string on its way to the library; the cleaner removes it as its source says.
                answers[point] = point == 0 ? " ab" : Spell(tokenizer.Encode($"a{char.ConvertFromUtf32(point)}b"));
            }
        }

        return answers;
    }

    private static string Spell(uint[] ids) => Encoding.UTF8.GetString([.. ids.Select(id => (byte)id)]);

    private static Tokenizer Tokenizer(bool cleanText, bool chinese, bool strip, bool lower)
    {
        var vocabulary = new JsonObject();
        for (int value = 0; value < 256; value++)
        {
            vocabulary[ByteName(value)] = value;
        }

        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer", ["clean_text"] = cleanText, ["handle_chinese_chars"] = chinese, ["strip_accents"] = strip, ["lowercase"] = lower,
            },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "BertPreTokenizer" },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = false, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["continuing_subword_prefix"] = null, ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false, ["byte_fallback"] = false, ["vocab"] = vocabulary, ["merges"] = new JsonArray(),
            },
        };
        string file = Path.Combine(Path.GetTempPath(), $"ftf-tables-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, json.ToJsonString());
        return new Tokenizer(vocabPath: file);
    }

    /// <summary>The byte-level alphabet of GPT-2: printable bytes are themselves, the others follow from U+0100.</summary>
    private static string ByteName(int value)
    {
        int shift = 0;
        for (int other = 0; other < 256; other++)
        {
            bool printable = other is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
            if (other == value)
            {
                return ((char)(printable ? other : 256 + shift)).ToString();
            }

            shift += printable ? 0 : 1;
        }

        throw new ArgumentOutOfRangeException(nameof(value));
    }

    private static string Hex(int point) => point.ToString("X", CultureInfo.InvariantCulture);
}
