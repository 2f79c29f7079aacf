using System.Buffers;
using System.Text.Json;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>The body of a question, written by hand: an evaluation asks tens of thousands of them.</summary>
internal static class QuestionWriting
{
    public static string Route(ModelFamily family) => family == ModelFamily.Completion ? "completions" : "chat/completions";

    /// <param name="options">For the profile's names of fields.</param>
    /// <param name="manner">What was learned of the model.</param>
    public static BinaryData Body(ModelQuestion question, ProviderOptions options, AskingManner manner)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, question, options, manner);
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    public static void Write(Utf8JsonWriter json, ModelQuestion asked, ProviderOptions options, AskingManner manner)
    {
        ModelQuestion question = manner.Apply(asked);
        json.WriteStartObject();
        json.WriteString("model"u8, question.Model);
        if (question.Family == ModelFamily.Completion)
        {
            json.WriteString("prompt"u8, question.Messages[0].Content);
            json.WriteNumber("max_tokens"u8, question.MaxTokens);
            if (question.TopLogProbabilities > 0)
            {
                json.WriteNumber("logprobs"u8, Math.Min(question.TopLogProbabilities, 5));
            }
        }
        else
        {
            json.WriteStartArray("messages"u8);
            foreach (ChatTurn turn in question.Messages)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, turn.Role);
                json.WriteString("content"u8, turn.Content);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            // The old name is refused by OpenAI's newer models, the new one is unknown to some gateways.
            json.WriteNumber(manner.LimitField ?? options.Profile.AnswerLimitField, question.MaxTokens);
            if (question.ReasoningEffort is { } effort)
            {
                json.WriteString("reasoning_effort"u8, effort);
            }

            if (question.TopLogProbabilities > 0 && options.Profile.CountsLogProbabilities)
            {
                json.WriteNumber("logprobs"u8, Math.Min(question.TopLogProbabilities, 20));
            }
            else if (question.TopLogProbabilities > 0)
            {
                json.WriteBoolean("logprobs"u8, true);
                json.WriteNumber("top_logprobs"u8, Math.Min(question.TopLogProbabilities, 20));
            }
        }

        if (question.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        json.WriteEndObject();
    }
}
