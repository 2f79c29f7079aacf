using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Costs;

/// <summary>Tokens and USD of one candidate before it runs.</summary>
internal static class CandidatePricing
{
    /// <summary>Tokens that a model thinks aloud with; the chapter's figure counts 100.</summary>
    private static readonly Estimate Thoughts = new(50, 100, 200);

    /// <summary>Hours that a deployment stands for an evaluation, the waits for it to come up included.</summary>
    private static readonly Estimate DeploymentHours = new(0.25, 1, 4);

    private const int HoursAMonth = 730;

    public static CandidateQuote Price(QuotedCandidate candidate, QuoteInput input, PriceBook book) => candidate.Work switch
    {
        QuotedWork.Linear => new CandidateQuote { Name = candidate.Name, Model = candidate.Model, Notes = ["trained in process, costs nothing"] },
        QuotedWork.Container or QuotedWork.Encoder when candidate.TrainingAdopted =>
            new CandidateQuote { Name = candidate.Name, Model = candidate.Model, Notes = ["an earlier run has paid for its container"] },
        QuotedWork.Container => Container(candidate, input, book),
        QuotedWork.Encoder => EncoderPricing.Price(candidate, input, book),
        _ => Service(candidate, input, book),
    };

    private static CandidateQuote Service(QuotedCandidate candidate, QuoteInput input, PriceBook book)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        bool trains = candidate.Work == QuotedWork.TrainAndAsk;
        bool tuned = candidate.Work != QuotedWork.AskBase;
        Estimate trainingTokens = trains ? TrainingTokens(candidate, input, notes) : Estimate.Zero;
        Estimate? trainingPrice = trains ? book.Training(candidate.PriceKey, candidate.Model, candidate.Tier) : Estimate.Zero;
        AskingPrice? asking = book.Asking(candidate.PriceKey, candidate.Model, tuned, input.Mode == EvaluationMode.Batch);
        (Estimate prompt, Estimate completion) = AskedTokens(candidate, input);
        notes.Add(candidate.Counted switch
        {
            null => "tokens are estimated from characters: no tokenizer of the model is known here",
            { Share: >= 1 } counted => $"tokens counted with {counted.Encoding}",
            { } counted => $"tokens counted with {counted.Encoding} on {counted.Share:P0} of the rows",
        });
        bool unpriced = trainingPrice is null || asking is null;
        if (unpriced)
        {
            notes.Add($"no price is listed for {candidate.Model} at {candidate.PriceKey}: add it to a price file");
        }

        if (Reasoning.Budget(candidate.ReasoningEffort) > 0)
        {
            notes.Add($"thinks with effort {candidate.ReasoningEffort}: {Reasoning.Tokens(candidate.ReasoningEffort).Likely:0} tokens an answer are assumed, up to {Reasoning.Budget(candidate.ReasoningEffort):N0} allowed");
        }

        if (candidate.Simulated)
        {
            notes.Add("simulated: list prices, nothing is paid");
        }

        int tried = trains ? CheckpointPricing.Tried(candidate) : 0;
        int others = tried > 0 && candidate.Checkpoints == CheckpointUse.All ? tried - 1 : 0;
        double asked = input.Holdout.Rows == 0 ? 1 : 1 - Math.Min(1, (double)candidate.AnswersAdopted / input.Holdout.Rows);
        Estimate evaluation = (asking?.Usd(prompt, completion) ?? Estimate.Zero) * asked;
        if (candidate.TrainingAdopted || asked < 1)
        {
            string[] adopted = [.. candidate.TrainingAdopted ? ["its job"] : Array.Empty<string>(), .. asked < 1 ? [$"{(1 - asked) * input.Holdout.Rows:N0} of {input.Holdout.Rows:N0} answers"] : Array.Empty<string>()];
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"an earlier run has paid for {string.Join(" and ", adopted)}"));
        }

        AskingPrice? online = tried > 0 ? book.Asking(candidate.PriceKey, candidate.Model, tuned) : asking;
        Estimate selection = tried == 0 ? Estimate.Zero : CheckpointPricing.Usd(tried, others, (prompt, completion), input, online);
        if (tried > 0)
        {
            notes.Add($"{tried} checkpoints are asked about {input.Validation?.Rows ?? 0:N0} validation rows{(others > 0 ? ", and all of them about the holdout" : "")}{(candidate.NeedsDeployment ? ", each by a deployment of its own" : "")}");
        }

        double? hourly = candidate.NeedsDeployment && tuned
            ? candidate.HostingUsdPerHour ?? book.HostingPerHour(candidate.PriceKey, candidate.HostingTier ?? candidate.Tier)
            : null;
        if (hourly > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"as champion it stands in a deployment for {hourly:0.00##} USD an hour, {hourly * HoursAMonth:N0} USD a month, until another takes its place"));
        }

        return new CandidateQuote
        {
            Name = candidate.Name,
            Model = candidate.Model,
            Simulated = candidate.Simulated,
            Unpriced = unpriced,
            TrainingTokens = trainingTokens,
            TrainingUsd = candidate.TrainingAdopted ? Estimate.Zero : trainingTokens * (trainingPrice ?? Estimate.Zero) * 1e-6,
            PromptTokens = prompt,
            CompletionTokens = completion,
            EvaluationUsd = evaluation,
            SelectionUsd = selection,
            HostingUsd = DeploymentHours * (1 + tried + others) * (hourly ?? 0),
            ServingUsdPerHour = hourly,
            Notes = notes.ToImmutable(),
        };
    }

    private static Estimate TrainingTokens(QuotedCandidate candidate, QuoteInput input, ImmutableArray<string>.Builder notes)
    {
        SplitSize train = candidate.NewRowsOnly ? input.NewTrain ?? input.Train : input.Train;
        Estimate epochs = candidate.Epochs is { } given ? Estimate.Exactly(given) : TokenEstimate.AutomaticEpochs(train.Rows);
        if (candidate.Epochs is null)
        {
            notes.Add($"the service chooses the epochs: {epochs.Low:0} to {epochs.High:0} are assumed");
        }

        if (candidate is { Counted: { } counted, NewRowsOnly: false })
        {
            return Of(counted.Training, counted) * epochs;
        }

        Estimate file = train.TextTokens + (TokenEstimate.Overhead(candidate.Form, input.LabelTokens) * train.Rows);
        return Calibrated(file, input) * epochs;
    }

    private static (Estimate Prompt, Estimate Completion) AskedTokens(QuotedCandidate candidate, QuoteInput input)
    {
        SplitSize holdout = input.Holdout;
        Estimate perRow = TokenEstimate.Overhead(candidate.Form, answerTokens: 0);
        if (candidate.Shots > 0 && input.Train.Rows > 0)
        {
            Estimate shot = (input.Train.TextTokens * (1.0 / input.Train.Rows)) + TokenEstimate.Overhead(candidate.Form with { SystemPrompt = null }, input.LabelTokens);
            perRow += shot * candidate.Shots;
        }

        Estimate answer = new(input.LabelTokens, input.LabelTokens, input.LabelTokens + 1);
        Estimate completion = (candidate.ChainOfThought ? Thoughts + answer : answer) + Reasoning.Tokens(candidate.ReasoningEffort);
        Estimate prompt = candidate.Counted is { } counted ? Of(counted.Prompt, counted) : Calibrated(holdout.TextTokens + (perRow * holdout.Rows), input);
        return (prompt, completion * holdout.Rows);
    }

    /// <summary>Of a sample, a hundredth more or less.</summary>
    private static Estimate Of(double tokens, CountedTokens counted) =>
        counted.Share >= 1 ? Estimate.Exactly(tokens) : new Estimate(tokens * 0.99, tokens, tokens * 1.01);

    private static CandidateQuote Container(QuotedCandidate candidate, QuoteInput input, PriceBook book)
    {
        MachinePrice? machine = book.Machine(candidate.Machine);
        // Start, image pull and model download; then training at the machine's speed (half to twice of it) and prediction
        // about three times as fast, as the chapter measured (123 and 353 examples a second).
        double work = machine is null ? 0 : ((input.Train.Rows * (candidate.Epochs ?? 1)) + (input.Holdout.Rows / 3.0)) / machine.ExamplesPerSecond;
        var seconds = new Estimate(60 + (work / 2), 240 + work, 900 + (work * 2));
        return new CandidateQuote
        {
            Name = candidate.Name,
            Model = candidate.Model,
            Unpriced = machine is null,
            HostingUsd = machine is null ? Estimate.Zero : seconds * (machine.UsdPerHour / 3600),
            Notes = [machine is null
                ? $"no price is listed for the machine \"{candidate.Machine}\": add it to a price file"
                : $"about {seconds.Likely / 60:0} minutes on {machine.Name} at {machine.UsdPerHour:0.00} {book.Currency} an hour"],
        };
    }

    private static Estimate Calibrated(Estimate tokens, QuoteInput input) => input.Calibration?.Apply(tokens) ?? tokens;
}
