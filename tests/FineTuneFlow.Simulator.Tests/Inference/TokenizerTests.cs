using FineTuneFlow.Simulator.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Simulator.Tests.Inference;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData(" 1", " 1")]
    [InlineData("1", "1")]
    [InlineData("negative", "negati|ve")]
    [InlineData(" neutral", " neutra|l")]
    [InlineData("Don't  stop 12345!", "Don|'|t|  |stop| 123|45|!")]
    [InlineData("text\n\n###\n\n", "text|\n\n|#|#|#|\n\n")]
    [InlineData("好评😀", "好|评|😀")]
    public void A_text_is_cut_into_pieces(string text, string pieces)
    {
        Tokenizer.Split(text).ShouldBe(pieces.Split('|'));
    }

    [Fact]
    public void The_pieces_of_any_text_make_the_text_again_and_are_counted_right()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            List<string> tokens = Tokenizer.Split(text ?? "");
            return string.Concat(tokens) == (text ?? "") && Tokenizer.Count(text) == tokens.Count;
        }));
    }
}
