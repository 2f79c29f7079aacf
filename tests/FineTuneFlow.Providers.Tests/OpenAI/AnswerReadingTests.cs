using System.Globalization;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Providers.OpenAI;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Answers with something else where a member is expected: that member is missing, and all others are still read.</summary>
public sealed class AnswerReadingTests
{
    /// <summary>A value that would be taken for the members around it if it were not passed over as a whole.</summary>
    private const string Trap = """{"choices":[{"text":"trap"}],"text":"trap","content":"trap","refusal":"trap","finish_reason":"trap","prompt_tokens":99,"completion_tokens":99,"reasoning_tokens":99,"token":"trap","logprob":-99,"a":-99}""";

    private const string Good = """{"choices":[{"message":{"content":"5","refusal":"no"},"finish_reason":"stop","logprobs":{"content":[{"token":"5","logprob":-0.1,"top_logprobs":[{"token":"6","logprob":-3}]}]}}],"usage":{"prompt_tokens":12,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":2}}}""";

    private const string Legacy = """{"choices":[{"text":"5","logprobs":{"tokens":["5"],"token_logprobs":[-0.1],"top_logprobs":[{"a":-3}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}""";

    [Theory]
    [InlineData("\"content\":\"5\"", "content", "", "no", "stop", "5=-0.1 6=-3", 12, 3, 2)]
    [InlineData("\"refusal\":\"no\"", "refusal", "5", null, "stop", "5=-0.1 6=-3", 12, 3, 2)]
    [InlineData("\"finish_reason\":\"stop\"", "finish_reason", "5", "no", null, "5=-0.1 6=-3", 12, 3, 2)]
    [InlineData("\"prompt_tokens\":12", "prompt_tokens", "5", "no", "stop", "5=-0.1 6=-3", null, 3, 2)]
    [InlineData("\"completion_tokens\":3", "completion_tokens", "5", "no", "stop", "5=-0.1 6=-3", 12, null, 2)]
    [InlineData("\"reasoning_tokens\":2", "reasoning_tokens", "5", "no", "stop", "5=-0.1 6=-3", 12, 3, null)]
    [InlineData("\"token\":\"5\"", "token", "5", "no", "stop", "6=-3", 12, 3, 2)]
    [InlineData("\"logprob\":-0.1", "logprob", "5", "no", "stop", "6=-3", 12, 3, 2)]
    [InlineData("\"top_logprobs\":[{\"token\":\"6\",\"logprob\":-3}]", "top_logprobs", "5", "no", "stop", "5=-0.1", 12, 3, 2)]
    public void A_member_of_another_kind_is_missing_and_no_other(
        string member, string name, string text, string? refusal, string? finish, string tokens, int? prompt, int? completion, int? reasoning)
    {
        foreach (string other in (string[])[Trap, $"[[{Trap}]]", "true"])
        {
            Read(Good.Replace(member, $"\"{name}\":{other}", StringComparison.Ordinal)).ShouldBe((text, refusal, finish, tokens, prompt, completion, reasoning), other);
        }
    }

    [Theory]
    [InlineData("message", "", null, "stop", "5=-0.1 6=-3", 12, 3, 2)]
    [InlineData("logprobs", "5", "no", "stop", "", 12, 3, 2)]
    [InlineData("usage", "5", "no", "stop", "5=-0.1 6=-3", null, null, null)]
    [InlineData("completion_tokens_details", "5", "no", "stop", "5=-0.1 6=-3", 12, 3, null)]
    public void An_object_in_a_list_is_not_the_object(string name, string text, string? refusal, string? finish, string tokens, int? prompt, int? completion, int? reasoning)
    {
        string rest = Good[(Good.IndexOf($"\"{name}\":", StringComparison.Ordinal) + name.Length + 3)..];
        string whole = rest[..(EndOf(rest) + 1)];

        Read(Good.Replace($"\"{name}\":{whole}", $"\"{name}\":[{whole}]", StringComparison.Ordinal)).ShouldBe((text, refusal, finish, tokens, prompt, completion, reasoning));
    }

    [Theory]
    [InlineData("\"text\":\"5\"", "text", "", "5=-0.1 a=-3")]
    [InlineData("\"tokens\":[\"5\"]", "tokens", "5", "a=-3")]
    [InlineData("\"token_logprobs\":[-0.1]", "token_logprobs", "5", "a=-3")]
    [InlineData("\"top_logprobs\":[{\"a\":-3}]", "top_logprobs", "5", "5=-0.1")]
    public void A_legacy_member_of_another_kind_is_missing_and_no_other(string member, string name, string text, string tokens)
    {
        foreach (string other in (string[])[Trap, "true"])
        {
            Read(Legacy.Replace(member, $"\"{name}\":{other}", StringComparison.Ordinal)).ShouldBe((text, null, "stop", tokens, 12, 3, null), other);
        }
    }

    [Theory]
    [InlineData("[\"5\"]", "[" + Trap + ",\"5\"]")]
    [InlineData("[-0.1]", "[" + Trap + ",-0.1]")]
    [InlineData("[{\"a\":-3}]", "[[" + Trap + "],{\"a\":-3}]")]
    [InlineData("{\"a\":-3}", "{\"b\":" + Trap + ",\"a\":-3}")]
    public void One_of_a_list_of_another_kind_keeps_its_place(string list, string other)
    {
        string tokens = Read(Legacy.Replace(list, other, StringComparison.Ordinal)).Tokens;

        tokens.ShouldNotContain("trap");
        tokens.ShouldNotContain("99");
    }

    [Theory]
    [InlineData("{\"choices\":[{", "{\"more\":" + Trap + ",\"choices\":[{")]
    [InlineData("{\"choices\":[{", "{\"more\":[" + Trap + "],\"choices\":[{\"more\":" + Trap + ",")]
    [InlineData("\"message\":{", "\"message\":{\"more\":" + Trap + ",")]
    [InlineData("\"logprobs\":{", "\"logprobs\":{\"more\":" + Trap + ",")]
    [InlineData("{\"token\":\"5\"", "{\"more\":" + Trap + ",\"token\":\"5\"")]
    [InlineData("\"usage\":{", "\"usage\":{\"more\":" + Trap + ",")]
    [InlineData("\"completion_tokens_details\":{", "\"completion_tokens_details\":{\"more\":" + Trap + ",")]
    // What stands at the end of an object is read last.
    [InlineData("\"refusal\":\"no\"", "\"refusal\":\"no\",\"more\":" + Trap)]
    [InlineData("-3}]}]", "-3}],\"more\":" + Trap + "}],\"more\":" + Trap)]
    [InlineData("}}],\"usage\"", "},\"more\":" + Trap + "}],\"usage\"")]
    [InlineData("\"reasoning_tokens\":2}}}", "\"reasoning_tokens\":2,\"more\":" + Trap + "},\"more\":" + Trap + "},\"more\":" + Trap + "}")]
    [InlineData("}}],\"usage\"", "}},{\"x\":[1],\"text\":\"b\"},7,[[1]]],\"usage\"")] // only the first choice counts
    [InlineData("\"stop\",", "\"stop\",\"more\":[[{}],1,\"x\",null],")]
    public void Members_that_nobody_expects_are_passed_over(string place, string with) =>
        Read(Good.Replace(place, with, StringComparison.Ordinal)).ShouldBe(("5", "no", "stop", "5=-0.1 6=-3", 12, 3, 2));

    [Theory]
    [InlineData("""{"choices":{"text":"a"}}""")]
    [InlineData("""{"choices":[7,[{"text":"a"}],null]}""")]
    [InlineData("""{"choices":"a"}""")]
    [InlineData("""{"choices":{"choices":[{"text":"a"}]}}""")]
    [InlineData("""[{"choices":[{"text":"a"}]}]""")]
    [InlineData("7")]
    public void Without_a_choice_there_is_no_answer(string json) => AnswerReading.Read(Encoding.UTF8.GetBytes(json), 0).ShouldBeNull();

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void Choices_are_found_behind_what_is_none(string none) => Read($$"""{"choices":{{none}},"choices":[{"text":"5"}]}""").Text.ShouldBe("5");

    [Theory]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", null)]
    [InlineData("0", 0)]
    [InlineData("-1", null)]
    public void A_count_fits_into_its_number_or_is_missing(string count, int? expected) =>
        Read(Good.Replace("\"prompt_tokens\":12", $"\"prompt_tokens\":{count}", StringComparison.Ordinal)).Prompt.ShouldBe(expected);

    [Fact]
    public void A_name_with_half_a_character_makes_the_answer_unreadable() =>
        Should.Throw<JsonException>(() => Read("""{"\ud800":1,"choices":[{"text":"a"}]}"""));

    private static (string Text, string? Refusal, string? Finish, string Tokens, int? Prompt, int? Completion, int? Reasoning) Read(string json)
    {
        ModelAnswer answer = AnswerReading.Read(Encoding.UTF8.GetBytes(json), 0)!;
        string tokens = string.Join(", ", answer.Tokens.Select(position => string.Join(' ', position.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Token}={one.LogProbability}")))));
        return (answer.Text, answer.Refusal, answer.FinishReason, tokens, answer.PromptTokens, answer.CompletionTokens, answer.ReasoningTokens);
    }

    /// <summary>Where the object ends that a text begins with.</summary>
    private static int EndOf(string json)
    {
        int depth = 0;
        for (int at = 0; ; at++)
        {
            depth += json[at] is '{' ? 1 : json[at] is '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }
    }
}
