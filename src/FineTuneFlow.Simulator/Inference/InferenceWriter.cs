using System.Text;
using System.Text.Json;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>Writes answers in the shapes of chat and text completions.</summary>
internal static class InferenceWriter
{
    public static void Chat(Utf8JsonWriter json, Answered answered)
    {
        List<Answer> answers = answered.Answers;
        Begin(json, answered, "chat.completion");
        for (int i = 0; i < answers.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, i);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, answers[i].Text);
            json.WriteNull("refusal"u8);
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
            json.WriteEndObject();
            if (answered.ListedLogProbabilities)
            {
                CompletionLogProbabilities(json, answers[i].Tokens, 0);
            }
            else if (answered.Request.LogProbabilities)
            {
                ChatLogProbabilities(json, answers[i].Tokens);
            }
            else
            {
                json.WriteNull("logprobs"u8);
            }

            FinishReason(json, answers[i]);
            json.WriteEndObject();
        }

        EndWithUsage(json, answered);
    }

    public static void Completion(Utf8JsonWriter json, Answered answered)
    {
        List<Answer> answers = answered.Answers;
        IReadOnlyList<int> promptLengths = answered.PromptLengths;
        Begin(json, answered, "text_completion");
        for (int i = 0; i < answers.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("text"u8, answers[i].Text);
            json.WriteNumber("index"u8, i);
            if (answered.Request.TopLogProbabilities is null)
            {
                json.WriteNull("logprobs"u8);
            }
            else
            {
                CompletionLogProbabilities(json, answers[i].Tokens, promptLengths[i * promptLengths.Count / answers.Count]);
            }

            FinishReason(json, answers[i]);
            json.WriteEndObject();
        }

        EndWithUsage(json, answered);
    }

    internal static void Begin(Utf8JsonWriter json, Answered answered, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, answered.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, answered.Created);
        json.WriteString("model"u8, answered.Model);
        json.WriteStartArray("choices"u8);
    }

    internal static void ChatLogProbabilities(Utf8JsonWriter json, IEnumerable<AnswerToken> tokens)
    {
        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("content"u8);
        foreach (AnswerToken token in tokens)
        {
            ChatToken(json, token.Token, token.Top);
        }

        json.WriteEndArray();
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
    }

    private static void ChatToken(Utf8JsonWriter json, TokenProbability token, TokenProbability[]? top)
    {
        json.WriteStartObject();
        json.WriteString("token"u8, token.Text);
        json.WriteNumber("logprob"u8, token.LogProbability);
        json.WriteStartArray("bytes"u8);
        Span<byte> bytes = stackalloc byte[128];
        int count = Encoding.UTF8.GetBytes(token.Text, bytes);
        foreach (byte b in bytes[..count])
        {
            json.WriteNumberValue(b);
        }

        json.WriteEndArray();
        if (top is not null)
        {
            json.WriteStartArray("top_logprobs"u8);
            foreach (TokenProbability alternative in top)
            {
                ChatToken(json, alternative, top: null);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    internal static void CompletionLogProbabilities(Utf8JsonWriter json, IReadOnlyList<AnswerToken> tokens, int offset)
    {
        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("tokens"u8);
        foreach (AnswerToken token in tokens)
        {
            json.WriteStringValue(token.Token.Text);
        }

        json.WriteEndArray();
        json.WriteStartArray("token_logprobs"u8);
        foreach (AnswerToken token in tokens)
        {
            json.WriteNumberValue(token.Token.LogProbability);
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs"u8);
        foreach (AnswerToken token in tokens)
        {
            json.WriteStartObject();
            foreach (TokenProbability alternative in token.Top)
            {
                json.WriteNumber(alternative.Text, alternative.LogProbability);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("text_offset"u8);
        foreach (AnswerToken token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += token.Token.Text.Length;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void FinishReason(Utf8JsonWriter json, Answer answer) =>
        json.WriteString("finish_reason"u8, answer.Finished ? "stop"u8 : "length"u8);

    internal static void Usage(Utf8JsonWriter json, Answered answered)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, answered.PromptTokens);
        json.WriteNumber("completion_tokens"u8, answered.CompletionTokens);
        json.WriteNumber("total_tokens"u8, answered.PromptTokens + answered.CompletionTokens);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, answered.ReasoningTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void EndWithUsage(Utf8JsonWriter json, Answered answered)
    {
        json.WriteEndArray();
        Usage(json, answered);
        json.WriteString("system_fingerprint"u8, "fp_simulator"u8);
        json.WriteEndObject();
        json.Flush();
    }
}
