using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenizers.DotNet;

namespace FineTuneFlow.Benchmarks.TokenizerReference;

/// <summary>Texts on which tokenizers differ, with the ids that Hugging Face's own library gives them by MiniLM's vocabulary, put into
/// lower case and not.</summary>
internal static class HardTexts
{
    private static readonly string[] Written =
    [
        "", " ", "\t\n\r", "a", "Hello, World!", "don't", "it's 5 o'clock", "e-mail@example.com", "https://example.com/a?b=c&d=%20", "$19.99 (25% off)",
        "naïve café résumé", "Ångström ÅNGSTRÖM", "İstanbul ISPARTA ıspanak", "STRASSE Straße ẞ", "Ελληνικά ΟΔΟΣ ς", "Привет, МИР! ёлка Ёж", "Łódź łódź", "Øresund Ærø", "ﬁne ﬂuﬀy ligatures",
        "مرحبا بالعالم", "اَلْعَرَبِيَّةُ", "שָׁלוֹם עֲלֵיכֶם", "नमस्ते दुनिया", "हिन्दी में", "বাংলা ভাষা", "தமிழ்", "ไทยแลนด์ สวัสดี", "ພາສາລາວ", "မြန်မာ", "ភាសាខ្មែរ", "አማርኛ", "ქართული", "Հայերեն",
        "日本語のテキスト", "カタカナ ｶﾀｶﾅ", "がぎぐげご", "中文字符测试", "中文mixed英文words混合", "한국어 텍스트", "각 낭 닿", "𠀀𠀁 extension B", "豈更車 compatibility", "⼀⼁ radicals", "𝒳𝓎𝓏 mathematical", "Ⅷ ⅷ ① ② ㊙",
        "👍", "👍👍🏽", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷 flags", "❤️ heart with selector", "☺︎ text", "(╯°□°)╯︵ ┻━┻", "¯\\_(ツ)_/¯", "★★★☆☆", "→ ⇒ ≠ ≤ ∞ √2", "½ ¾ ²³", "™ © ® € £ ¥ ₹ ₿", "“quoted” ‘single’ «guillemets» „low“", "en–dash em—dash horizontal―bar", "ellipsis… three...", "zero\u200Bwidth\u200Cnon\u200Djoiner", "soft\u00ADhyphen", "no\u00A0break\u202Fspace", "line\u2028separator\u2029paragraph", "\uFEFFbyte order mark", "bell\u0007 null-like \u0001\u0002 delete\u007F", "next\u0085line", "vertical\u000Btab form\u000Cfeed", "e\u0301 decomposed a\u0308o\u0308u\u0308", "Zalgo h\u0335\u0321\u032Ae\u0336\u0359l\u0335\u031Dp\u0336\u032B", "\u0301 lone mark", "replacement\uFFFDcharacter", "private\uE000use", "ideographic\u3000space", "ogham\u1680space", "mongolian\u180Evowel", "[CLS] in a text [SEP]", "[MASK]ed [UNK]nown [PAD]", "[cls] [Sep] [ MASK ]", "x[SEP]y", "[SEP][SEP]", "##ing starts", "a##b", "#hashtag @mention",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳", "1234567890 1,234,567.89", "3.14159 1e-10 0xFF", "C++ C# F# .NET", "foo_bar snake_case camelCase", "<b>bold</b> &amp; &#39;", "{\"json\": [1, 2]}", "a,b;c:d.e!f?g", "!!!???...", "____", "~`@#$%^&*()-+=|\\", "tab\tseparated\tvalues", "  leading and trailing  ", "many     blanks", "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝ", "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ", "đ ħ ŋ þ ð ı ĸ ſ", "ǅ ǈ ǋ titlecase", "K Kelvin Å Angstrom Ω Ohm", "\u1FEF\u037E\u0387 canonical singles", "ᾳ ᾼ ᾠ ᾨ", "Ấ ấ Ệ ệ Ữ ữ Việt Nam", "Ǆ ŉ ǰ", "Ⓐ ⓐ", "Ａｂｃ fullwidth １２３", "Ꮳ ꮳ Cherokee", "Ა ა Georgian Mtavruli", "𐐀 𐐨 Deseret", "𞤀 𞤢 Adlam", "ꙮ multiocular", "\u2E3A two-em dash", "\u2E5D newer punctuation", "\U0001F979 newer emoji", "\u061C\u2066\u2069 bidi controls",
    ];

    private static readonly string[] Pools =
    [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJ", "0123456789", " .,!?'\"-()[]{}/\\@#&*", "àéîõüçñåøœßÀÉÎÕÜ", "\u0301\u0308\u0327\u0303\u20D7", "абвгдёйАБВГЁЙ", "αβγδάέΑΒΓς", "中文字日本語漢", "かなカナガギ", "한국어각낭", "العَرَبِيَّة", "नमस्तेहिंदी", "ไทยเมืองน้ำ", "👍❤️😀🏽", "\u200B\u200D\u00AD\uFEFF\u0007", "\u00A0\u3000\t\n", "™½²①Ⅷﬁ",
    ];

    public static void Write(string file, string vocabularyFile)
    {
        string[] vocabulary = [.. File.ReadAllText(vocabularyFile).TrimEnd('\n', '\r').Split('\n').Select(line => line.TrimEnd('\r'))];
        Tokenizer uncased = Tokenizer(vocabulary, lower: true);
        Tokenizer cased = Tokenizer(vocabulary, lower: false);
        using var output = new StreamWriter(file) { NewLine = "\n" };
        var readable = new JsonSerializerOptions { Encoder = JavaScriptEncoder.Default };
        foreach (string text in Written.Concat(Mixed(new Random(7), 160)))
        {
            output.WriteLine(new JsonObject { ["text"] = text, ["uncased"] = Ids(uncased, text), ["cased"] = Ids(cased, text) }.ToJsonString(readable));
        }
    }

    /// <summary>Runs of characters of one kind, in any order.</summary>
    private static IEnumerable<string> Mixed(Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (int run = random.Next(2, 9); run > 0; run--)
            {
                Rune[] pool = [.. Pools[random.Next(Pools.Length)].EnumerateRunes()];
                for (int length = random.Next(1, 7); length > 0; length--)
                {
                    text.Append(pool[random.Next(pool.Length)]);
                }

                text.Append(random.Next(3) == 0 ? " " : random.Next(12) == 0 ? "[SEP]" : "");
            }

            yield return text.ToString();
        }
    }

    private static JsonArray Ids(Tokenizer tokenizer, string text) => new([.. tokenizer.Encode(text).Select(id => (JsonNode)(int)id)]);

    private static Tokenizer Tokenizer(string[] vocabulary, bool lower)
    {
        static JsonObject Token(string id) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        JsonObject Known(string token) => new()
        {
            ["id"] = token, ["ids"] = new JsonArray(Array.IndexOf(vocabulary, token)), ["tokens"] = new JsonArray(token),
        };
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. special.Select(token => new JsonObject
            {
                ["id"] = Array.IndexOf(vocabulary, token), ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            })]),
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = lower },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Token("[CLS]"), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }, Token("[SEP]")),
                ["pair"] = new JsonArray(Token("[CLS]"), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }, Token("[SEP]"), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "B", ["type_id"] = 1 } }),
                ["special_tokens"] = new JsonObject { ["[CLS]"] = Known("[CLS]"), ["[SEP]"] = Known("[SEP]") },
            },
            ["decoder"] = null,
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece", ["unk_token"] = "[UNK]", ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100,
                ["vocab"] = new JsonObject(vocabulary.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id))),
            },
        };
        string file = Path.Combine(Path.GetTempPath(), $"ftf-hard-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, json.ToJsonString());
        return new Tokenizer(vocabPath: file);
    }
}
