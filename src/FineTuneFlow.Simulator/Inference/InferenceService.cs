using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Azure;
using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>Answers chat and text completions, for single requests and for batches.</summary>
internal sealed class InferenceService(
    SimulatorOptions options, ModelStore models, DeploymentStore deployments, UntunedModel untuned, RequestRate rate, Ledger ledger, Shutdowns shutdowns, TimeProvider clock)
{
    private const int StandardMaximumTokens = 16;
    private const double Unsure = 0.012;
    /// <summary>A prompt without the ending of the training prompts reads as a text to be continued.</summary>
    private const double UnsureWithoutEnding = 0.5;

    /// <param name="body">JSON.</param>
    /// <param name="service">That is stood in for.</param>
    /// <param name="deployment">Azure's classic routes: the deployment of the path; null: the body's model.</param>
    /// <param name="headers">Of the answer, for the rate limit; null in a batch, which has none.</param>
    /// <exception cref="ApiException">What the service would refuse.</exception>
    public Answered Chat(ReadOnlyMemory<byte> body, SimulatedService service, string? deployment, IHeaderDictionary? headers)
    {
        InferenceRequest request = InferenceRequest.Read(body, chat: true);
        string asked = deployment ?? request.Model ?? throw Missing("model");
        List<ChatMessage> messages = request.Messages ?? throw Missing("messages");
        if (messages.Count == 0)
        {
            throw ApiException.Invalid("messages", "messages must hold at least one message.");
        }

        bool listed = service.Together && request.TopLogProbabilities > 0;
        if (request.TopLogProbabilities is not null && !request.LogProbabilities && !listed)
        {
            throw ApiException.Invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.");
        }

        (string model, LoadedModel? tuned, BaseModel? plain) = Resolve(asked, service.Azure, ModelFamily.Chat, headers);
        int thinking = Thinking.Of(request, plain ?? BaseModels.Find(tuned!.Model.BaseModel)!);
        string billed = plain?.Id ?? tuned!.Model.BaseModel;
        int promptTokens = FormTokens.PerChat;
        string? last = null;
        foreach (ChatMessage message in messages)
        {
            promptTokens += FormTokens.PerMessage + BilledTokens.Count(billed, message.Content);
            last = message.Role is "system" or "developer" or "assistant" ? last : message.Content;
        }

        string row = RowHash.Of(last ?? messages[^1].Content);
        ledger.Asked(asked, row);
        List<Answer> answers;
        if (request.MaximumTokens <= thinking)
        {
            // The limit was spent on thinking: there is no answer, and it is billed.
            thinking = request.MaximumTokens.Value;
            answers = [.. Enumerable.Range(0, request.Choices).Select(_ => new Answer([], Finished: false))];
        }
        else
        {
            answers = tuned is not null
                ? AnswersOf(tuned, Input(messages), Unsure, request, row, thinking)
                : Decode(untuned.Answer(plain!, messages), request, Unsure, row, thinking);
        }

        return new Answered(request, Ids.New("chatcmpl-"), clock.GetUtcNow().ToUnixTimeSeconds(), model, answers, promptTokens, [])
        {
            ReasoningTokens = thinking,
            ListedLogProbabilities = listed,
        };
    }

    /// <inheritdoc cref="Chat"/>
    public Answered Completion(ReadOnlyMemory<byte> body, SimulatedService service, string? deployment, IHeaderDictionary? headers)
    {
        InferenceRequest request = InferenceRequest.Read(body, chat: false);
        string asked = deployment ?? request.Model ?? throw Missing("model");
        List<string> prompts = request.Prompts ?? throw Missing("prompt");
        if (request.Echo && request.TopLogProbabilities is not null)
        {
            throw KnownFields.Unsupported("echo", "is not served by the simulator together with 'logprobs'.");
        }

        (string model, LoadedModel? tuned, BaseModel? plain) = Resolve(asked, service.Azure, ModelFamily.Completion, headers);
        var answers = new List<Answer>(prompts.Count);
        int promptTokens = 0;
        foreach (string prompt in prompts)
        {
            promptTokens += BilledTokens.Count(plain?.Id ?? tuned!.Model.BaseModel, prompt);
            string row = RowHash.Of(prompt);
            ledger.Asked(asked, row);
            IEnumerable<Answer> given;
            if (tuned is null)
            {
                given = Decode(untuned.Answer(plain!, [new ChatMessage("user", prompt)]), request, Unsure, row);
            }
            else
            {
                string ending = tuned.Model.PromptEnding;
                bool ended = prompt.EndsWith(ending, StringComparison.Ordinal);
                given = AnswersOf(tuned, ended ? prompt[..^ending.Length] : prompt, ended ? Unsure : UnsureWithoutEnding, request, row);
            }

            answers.AddRange(request.Echo ? given.Select(answer => answer with { Echo = prompt }) : given);
        }

        return new Answered(
            request, Ids.New("cmpl-"), clock.GetUtcNow().ToUnixTimeSeconds(), model, answers, promptTokens, [.. prompts.Select(prompt => prompt.Length)]);
    }

    private static List<Answer> AnswersOf(LoadedModel tuned, string input, double unsure, InferenceRequest request, string row, int thinking = 0)
    {
        int count = tuned.Classifier.Labels.Length;
        double[] probabilities = new double[count];
        tuned.Classifier.Probabilities(input, probabilities);
        return Decode((tuned.Answers, probabilities), request, unsure, row, thinking);
    }

    private static List<Answer> Decode((AnswerSet Set, double[] Probabilities) answer, InferenceRequest request, double unsure, string row, int thinking = 0)
    {
        var answers = new List<Answer>(request.Choices);
        for (int i = 0; i < request.Choices; i++)
        {
            long seed = unchecked(Convert.ToInt64(row, 16) + ((request.Seed ?? 0) * 1_000_003) + i);
            Answer decoded = AnswerDecoder.Decode(answer.Set, answer.Probabilities, new SamplingOptions(
                (request.MaximumTokens - thinking) ?? StandardMaximumTokens, request.Temperature, request.TopLogProbabilities ?? 0, unsure, seed, request.TopP));
            answers.Add(request.Stop is null ? decoded : Cut(decoded, request.Stop));
        }

        return answers;
    }

    private static Answer Cut(Answer answer, List<string> stops)
    {
        string text = "";
        for (int i = 0; i < answer.Tokens.Count; i++)
        {
            text += answer.Tokens[i].Token.Text;
            if (stops.Any(stop => text.Contains(stop, StringComparison.Ordinal)))
            {
                return new Answer(answer.Tokens[..i], Finished: true);
            }
        }

        return answer;
    }

    /// <summary>What the classifier sees: everything but system messages, as in training.</summary>
    private static string Input(List<ChatMessage> messages)
    {
        string? only = null;
        int count = 0;
        foreach (ChatMessage message in messages)
        {
            if (message.Role is not ("system" or "developer"))
            {
                only = message.Content;
                count++;
            }
        }

        return count <= 1
            ? only ?? ""
            : string.Join('\n', messages.Where(message => message.Role is not ("system" or "developer")).Select(message => message.Content));
    }

    private (string Model, LoadedModel? Tuned, BaseModel? Plain) Resolve(
        string asked, bool azure, ModelFamily family, IHeaderDictionary? headers)
    {
        (string model, int? capacity) = azure ? deployments.ModelOf(asked) : (asked, null);
        if (headers is not null)
        {
            // One unit of capacity is one request a minute, where the simulator is told to count them.
            rate.Take(asked, azure ? (options.CapacityCounts ? capacity : null) : options.RequestsPerMinute, headers);
        }

        shutdowns.Check(model);
        BaseModel? plain = BaseModels.Find(model);
        LoadedModel? tuned = plain is null ? models.Load(model) ?? throw ModelEndpoints.Missing(asked) : null;
        ModelFamily served = plain?.Family ?? BaseModels.Find(tuned!.Model.BaseModel)!.Family;
        if (served == family)
        {
            return (plain?.Id ?? model, tuned, plain);
        }

        throw new ApiException(
            404,
            family == ModelFamily.Chat
                ? "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?"
                : "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?",
            param: "model");
    }

    private static ApiException Missing(string param) =>
        new(400, $"Missing required parameter: '{param}'.", "missing_required_parameter", param);
}
