using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Tests.Tokenization;

public sealed class TokenizerFilesTests
{
    private const string Text = "Unbelievably GOOD naïve reviews [SEP] of 中文 apps";

    [Theory]
    [InlineData(TokenizerFiles.Json)]
    [InlineData(TokenizerFiles.Vocabulary)]
    public void What_is_written_reads_back_from_either_form(string form)
    {
        using var folder = new TempFolder();
        var cased = new WordPieceTokenizer(Fixtures.MiniLm.Tokenizer.Vocabulary, new TokenizerOptions { Lowercase = false, StripAccents = false });
        TokenizerFiles.Write(cased, folder.Path, 128);
        File.Delete(folder[form == TokenizerFiles.Json ? TokenizerFiles.Vocabulary : TokenizerFiles.Json]);

        WordPieceTokenizer read = TokenizerFiles.Read(folder.Path);

        read.Encode(Text, 64).ShouldBe(cased.Encode(Text, 64));
        read.Options.Lowercase.ShouldBeFalse();
    }

    [Fact]
    public void A_vocabulary_that_went_through_Windows_reads_alike()
    {
        Vocabulary read = TokenizerFiles.ReadVocabulary(["[PAD]\r", "[UNK]\r", "good\r"]);

        read.Of("good").ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"model": {"type": "BPE"}}""", "BPE")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}, "normalizer": {"type": "NFC"}}""", "normaliser")]
    [InlineData("""{"model": {}}""", "WordPiece")]
    [InlineData("""{"model": """, "cannot be read")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 0}}, "normalizer": {"type": "BertNormalizer"}}""", "[UNK]")]
    public void Another_tokenizer_is_refused_by_name(string json, string told)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder[TokenizerFiles.Json], json);

        Failure failure = Should.Throw<FlowException>(() => TokenizerFiles.Read(folder.Path)).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain(told);
    }
}
