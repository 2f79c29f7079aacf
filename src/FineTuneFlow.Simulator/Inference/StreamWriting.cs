using System.Text.Json;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>An answer in pieces: the role, each token, the reason of the end, and where it was asked for the tokens that were used.</summary>
internal static class StreamWriting
{
    public static IEnumerable<Action<Utf8JsonWriter>> Chat(Answered answered)
    {
        for (int i = 0; i < answered.Answers.Count; i++)
        {
            int index = i;
            yield return json => ChatPiece(json, answered, index, role: true, token: null, finish: null);
            foreach (AnswerToken token in answered.Answers[i].Tokens)
            {
                yield return json => ChatPiece(json, answered, index, role: false, token, finish: null);
            }

            yield return json => ChatPiece(json, answered, index, role: false, token: null, answered.Answers[index].Finished ? "stop" : "length");
        }

        if (answered.Request.StreamUsage)
        {
            yield return json => UsagePiece(json, answered, "chat.completion.chunk");
        }
    }

    public static IEnumerable<Action<Utf8JsonWriter>> Completion(Answered answered)
    {
        for (int i = 0; i < answered.Answers.Count; i++)
        {
            int index = i;
            Answer answer = answered.Answers[i];
            if (answer.Echo.Length > 0)
            {
                yield return json => TextPiece(json, answered, index, answer.Echo, token: null, finish: null);
            }

            foreach (AnswerToken token in answer.Tokens)
            {
                yield return json => TextPiece(json, answered, index, token.Token.Text, token, finish: null);
            }

            yield return json => TextPiece(json, answered, index, "", token: null, answer.Finished ? "stop" : "length");
        }

        if (answered.Request.StreamUsage)
        {
            yield return json => UsagePiece(json, answered, "text_completion");
        }
    }

    private static void ChatPiece(Utf8JsonWriter json, Answered answered, int index, bool role, AnswerToken? token, string? finish)
    {
        InferenceWriter.Begin(json, answered, "chat.completion.chunk");
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("delta"u8);
        if (role)
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, ""u8);
            json.WriteNull("refusal"u8);
        }
        else if (token is not null)
        {
            json.WriteString("content"u8, token.Token.Text);
        }

        json.WriteEndObject();
        if (token is not null && answered.Request.LogProbabilities)
        {
            InferenceWriter.ChatLogProbabilities(json, [token]);
        }
        else
        {
            json.WriteNull("logprobs"u8);
        }

        End(json, answered, finish);
    }

    private static void TextPiece(Utf8JsonWriter json, Answered answered, int index, string text, AnswerToken? token, string? finish)
    {
        InferenceWriter.Begin(json, answered, "text_completion");
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteNumber("index"u8, index);
        if (token is not null && answered.Request.TopLogProbabilities is not null)
        {
            InferenceWriter.CompletionLogProbabilities(json, [token], 0);
        }
        else
        {
            json.WriteNull("logprobs"u8);
        }

        End(json, answered, finish);
    }

    private static void End(Utf8JsonWriter json, Answered answered, string? finish)
    {
        json.WriteString("finish_reason"u8, finish);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("system_fingerprint"u8, "fp_simulator"u8);
        if (answered.Request.StreamUsage)
        {
            json.WriteNull("usage"u8);
        }

        json.WriteEndObject();
    }

    private static void UsagePiece(Utf8JsonWriter json, Answered answered, string kind)
    {
        InferenceWriter.Begin(json, answered, kind);
        json.WriteEndArray();
        InferenceWriter.Usage(json, answered);
        json.WriteEndObject();
    }
}
