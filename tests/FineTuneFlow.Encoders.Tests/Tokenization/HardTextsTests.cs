using System.Text.Json;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Tests.Tokenization;

public sealed class HardTextsTests
{
    [Theory]
    [InlineData("uncased", true)]
    [InlineData("cased", false)]
    public void Every_hard_text_has_the_ids_that_Hugging_Face_gives_it(string column, bool lower)
    {
        var tokenizer = new WordPieceTokenizer(
            Fixtures.MiniLm.Tokenizer.Vocabulary, new TokenizerOptions { Lowercase = lower, StripAccents = lower });
        string[] lines = File.ReadAllLines(Fixtures.Folder("hard-texts.jsonl"));
        var different = new List<string>();
        foreach (string line in lines)
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string text = row.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. row.RootElement.GetProperty(column).EnumerateArray().Select(id => id.GetInt32())];
            if (!tokenizer.Encode(text, 512).AsSpan().SequenceEqual(expected))
            {
                different.Add(line);
            }
        }

        different.ShouldBeEmpty();
        lines.Length.ShouldBeGreaterThanOrEqualTo(200);
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_and_still_ends_with_the_end_token()
    {
        WordPieceTokenizer tokenizer = Fixtures.MiniLm.Tokenizer;
        int[] whole = tokenizer.Encode("unbelievably good reviews [SEP] of an app", 64);

        for (int longest = 2; longest < whole.Length; longest++)
        {
            int[] cut = tokenizer.Encode("unbelievably good reviews [SEP] of an app", longest);
            cut.ShouldBe([.. whole[..(longest - 1)], whole[^1]]);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_dropped() =>
        Fixtures.MiniLm.Tokenizer.Encode("good\ud83d app", 16).ShouldBe(Fixtures.MiniLm.Tokenizer.Encode("good app", 16));
}
