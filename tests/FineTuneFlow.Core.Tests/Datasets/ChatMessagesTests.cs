using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A conversation's text is what was said before the last answer, and its label that answer.</summary>
public sealed class ChatMessagesTests
{
    private const string User = """{"role":"user","content":"u"}""";
    private const string Assistant = """{"role":"assistant","content":"a"}""";

    [Theory]
    [InlineData($"[{User},{Assistant}]", "u", "a")]
    [InlineData($"[{Assistant}]", "", "a")]
    [InlineData($$"""[{"role":"system","content":"s"},{"role":"developer","content":"d"},{{User}},{{Assistant}}]""", "u", "a")]
    [InlineData($$"""[{"role":"tool","content":"t"},{{User}},{{Assistant}}]""", "t\n\nu", "a")]
    [InlineData($$"""[{{User}},{"role":"assistant","content":"first"},{{User}},{{Assistant}}]""", "u\n\nfirst\n\nu", "a")]
    [InlineData($$"""[{{User}},{{Assistant}},{"role":"user","content":"thanks"}]""", "u", "a")]
    [InlineData($$"""[{"role":"user"},{{Assistant}}]""", "", "a")]
    [InlineData($$"""[{"role":"user","content":null},{{Assistant}}]""", "", "a")]
    [InlineData($$"""[{"content":7,"role":"user"},{{Assistant}}]""", "", "a")]
    [InlineData($$"""[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image"},{"text":8},9,{"text":"y"}]},{{Assistant}}]""", "xy", "a")]
    [InlineData($$"""[{"role":"user","content":"\ud83d u"},{"role":"user","content":[{"text":"\\\ude00"}]},{{Assistant}}]""", "\ufffd u\n\n\\\ufffd", "a")]
    [InlineData($$"""[{"name":"n","role":"user","content":"u","weight":1},{{Assistant}}]""", "u", "a")]
    public void A_conversation_is_a_text_and_a_label(string messages, string asked, string answered)
    {
        var reader = At(messages);

        ChatMessages.TryRead(ref reader, out string text, out string label).ShouldBeTrue();

        (text, label).ShouldBe((asked, answered));
        reader.TokenType.ShouldBe(JsonTokenType.EndArray);
        reader.Read().ShouldBeTrue();
        reader.TokenType.ShouldBe(JsonTokenType.PropertyName, "behind the conversation");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData(Assistant)]
    [InlineData($"[{User}]")]
    [InlineData($"[{User},{Assistant},7]")]
    [InlineData($"[7,{User},{Assistant}]")]
    [InlineData($"[[{User},{Assistant}]]")]
    [InlineData($$"""[{"content":"no role"},{{Assistant}}]""")]
    [InlineData($$"""[{"role":1,"content":"u"},{{Assistant}}]""")]
    [InlineData($$"""[{{User}},{"role":"Assistant","content":"a"}]""")]
    public void What_is_no_conversation_is_left_where_it_stands(string messages)
    {
        var reader = At(messages);

        ChatMessages.TryRead(ref reader, out string asked, out string answered).ShouldBeFalse();

        (asked, answered).ShouldBe(("", ""));
        reader.TokenType.ShouldBe(JsonTokenType.PropertyName);
        reader.ValueTextEquals("messages").ShouldBeTrue();
    }

    private static Utf8JsonReader At(string messages)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($$"""{"messages":{{messages}},"next":1}"""));
        reader.Read();
        reader.Read();
        return reader;
    }
}
