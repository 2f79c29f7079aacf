using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Quotes worked out by hand: 1,000 rows of 40 to 60 tokens to train, 200 rows of them as holdout and 100 to validate, at
/// gpt-4.1-mini's 5 USD a million trained tokens, 0.80 and 3.20 asked tuned, 0.40 and 1.60 as it is.</summary>
public sealed class QuoteTableTests
{
    private static readonly QuotedCandidate Mini = new() { Name = "mini", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Epochs = 2 };

    private static readonly QuoteInput Plain = new()
    {
        Train = new SplitSize(1_000, new Estimate(40_000, 50_000, 60_000)),
        NewTrain = new SplitSize(100, new Estimate(4_000, 5_000, 6_000)),
        Holdout = new SplitSize(200, new Estimate(8_000, 10_000, 12_000)),
        Validation = new SplitSize(100, new Estimate(4_000, 5_000, 6_000)),
        Candidates = [],
        Budget = new BudgetRecipe(),
    };

    // A chat of two messages takes 11 tokens besides text and label, the label one, two at the most: (62,000 training tokens and 12,200 asked) as likely.
    public static TheoryData<string, Func<QuotedCandidate, QuotedCandidate>, Func<QuoteInput, QuoteInput>, double[]> Quotes => new()
    {
        // training tokens, prompt tokens, completion tokens: low, likely, high
        { "two epochs", one => one, input => input, [104_000, 124_000, 144_000, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "one epoch", one => one with { Epochs = 1 }, input => input, [52_000, 62_000, 72_000, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "the service's choice", one => one with { Epochs = null }, input => input, [52_000, 186_000, 216_000, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "new rows only", one => one with { NewRowsOnly = true }, input => input, [10_400, 12_400, 14_400, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "new rows only, uncounted", one => one with { NewRowsOnly = true }, input => input with { NewTrain = null }, [104_000, 124_000, 144_000, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "only asked", one => one with { Work = QuotedWork.AskBase }, input => input, [0, 0, 0, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "only asked, tuned", one => one with { Work = QuotedWork.AskTuned }, input => input, [0, 0, 0, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "thinks aloud", one => one with { ChainOfThought = true }, input => input, [104_000, 124_000, 144_000, 10_200, 12_200, 14_200, 10_200, 20_200, 40_400] },
        { "thinks", one => one with { ReasoningEffort = "low" }, input => input, [104_000, 124_000, 144_000, 10_200, 12_200, 14_200, 4_200, 30_200, 410_000] },
        // A shot is a row of 40, 50 or 60 tokens and 12 besides.
        { "three shots", one => one with { Shots = 3 }, input => input, [104_000, 124_000, 144_000, 41_400, 49_400, 57_400, 200, 200, 400] },
        { "one shot", one => one with { Shots = 1 }, input => input, [104_000, 124_000, 144_000, 20_600, 24_600, 28_600, 200, 200, 400] },
        { "shots of no rows", one => one with { Shots = 3, Work = QuotedWork.AskBase }, input => input with { Train = new SplitSize(0, Estimate.Zero) }, [0, 0, 0, 10_200, 12_200, 14_200, 200, 200, 400] },
        { "labels of three tokens", one => one, input => input with { LabelTokens = 3 }, [108_000, 128_000, 148_000, 10_200, 12_200, 14_200, 600, 600, 800] },
        { "prompt and completion", one => one with { Form = new TrainingForm(ModelFamily.Completion) }, input => input, [86_000, 108_000, 130_000, 8_400, 10_600, 12_800, 200, 200, 400] },
        // 21 "a" are 4.2 to 6.5625 tokens, 5 likely, and a third message takes four, in each row.
        { "a system prompt", one => one with { Epochs = 1, Form = new TrainingForm(ModelFamily.Chat, new string('a', 21)) }, input => input, [60_200, 71_000, 82_562.5, 11_840, 14_000, 16_312.5, 200, 200, 400] },
        { "counted", one => one with { Counted = new CountedTokens("o200k", 70_000, 13_000, 1) }, input => input, [140_000, 140_000, 140_000, 13_000, 13_000, 13_000, 200, 200, 400] },
        { "counted in part", one => one with { Counted = new CountedTokens("o200k", 70_000, 13_000, 0.5) }, input => input, [138_600, 140_000, 141_400, 12_870, 13_000, 13_130, 200, 200, 400] },
        { "counted, new rows only", one => one with { NewRowsOnly = true, Counted = new CountedTokens("o200k", 70_000, 13_000, 1) }, input => input, [10_400, 12_400, 14_400, 13_000, 13_000, 13_000, 200, 200, 400] },
        // Ten thousand rows have shown a tenth more tokens: 2 % and 1 % more or less, no wider than before.
        { "calibrated", one => one, input => input with { Calibration = new TokenCalibration(1.1, 10_000) }, [132_308, 136_400, 140_492, 13_017.4, 13_420, 13_822.6, 200, 200, 400] },
    };

    [Theory]
    [MemberData(nameof(Quotes))]
    public void Tokens_are(string what, Func<QuotedCandidate, QuotedCandidate> candidate, Func<QuoteInput, QuoteInput> change, double[] expected)
    {
        CandidateQuote quote = Of(candidate(Mini), change(Plain));

        Estimate[] tokens = [quote.TrainingTokens, quote.PromptTokens, quote.CompletionTokens];
        foreach ((double actual, double wanted) in tokens.SelectMany(one => (double[])[one.Low, one.Likely, one.High]).Zip(expected))
        {
            actual.ShouldBe(wanted, wanted * 1e-9, what);
        }
    }

    // training, evaluation, selection and hosting USD, as likely
    public static TheoryData<string, Func<QuotedCandidate, QuotedCandidate>, Func<QuoteInput, QuoteInput>, double[]> Sums => new()
    {
        { "trained and asked", one => one, input => input, [0.62, 0.0104, 0, 0] },
        { "only asked", one => one with { Work = QuotedWork.AskBase }, input => input, [0, 0.0052, 0, 0] },
        { "only asked, tuned", one => one with { Work = QuotedWork.AskTuned }, input => input, [0, 0.0104, 0, 0] },
        { "in a batch", one => one, input => input with { Mode = EvaluationMode.Batch }, [0.62, 0.0052, 0, 0] },
        { "trained before", one => one with { TrainingAdopted = true }, input => input, [0, 0.0104, 0, 0] },
        { "asked before in part", one => one with { AnswersAdopted = 50 }, input => input, [0.62, 0.0078, 0, 0] },
        { "asked before", one => one with { AnswersAdopted = 300 }, input => input, [0.62, 0, 0, 0] },
        { "nothing to ask", one => one with { AnswersAdopted = 5 }, input => input with { Holdout = new SplitSize(0, Estimate.Zero) }, [0.62, 0, 0, 0] },
        // Of half as many rows as the holdout has, three times.
        { "best of three", one => one with { Epochs = 3, Checkpoints = CheckpointUse.Best }, input => input, [0.93, 0.0104, 0.0156, 0] },
        { "all of three", one => one with { Epochs = 3, Checkpoints = CheckpointUse.All }, input => input, [0.93, 0.0104, 0.0364, 0] },
        { "best of three in a batch", one => one with { Epochs = 3, Checkpoints = CheckpointUse.Best }, input => input with { Mode = EvaluationMode.Batch }, [0.93, 0.0052, 0.0156, 0] },
        { "two epochs leave two", one => one with { Checkpoints = CheckpointUse.Best }, input => input, [0.62, 0.0104, 0.0104, 0] },
        { "one epoch leaves one", one => one with { Epochs = 1, Checkpoints = CheckpointUse.All }, input => input, [0.31, 0.0104, 0, 0] },
        { "two are kept of five", one => one with { Epochs = 5, ServedCheckpoints = 2, Checkpoints = CheckpointUse.Best }, input => input, [1.55, 0.0104, 0.0104, 0] },
        { "the last one", one => one with { Epochs = 3, Checkpoints = CheckpointUse.Last }, input => input, [0.93, 0.0104, 0, 0] },
        { "not trained", one => one with { Epochs = 3, Checkpoints = CheckpointUse.All, Work = QuotedWork.AskTuned }, input => input, [0, 0.0104, 0, 0] },
        { "no validation rows", one => one with { Epochs = 3, Checkpoints = CheckpointUse.All }, input => input with { Validation = null }, [0.93, 0.0104, 0.0208, 0] },
        { "no holdout rows", one => one with { Epochs = 3, Checkpoints = CheckpointUse.All }, input => input with { Holdout = new SplitSize(0, Estimate.Zero) }, [0.93, 0, 0, 0] },
        // A deployment for an hour, at 1.70, and one for each checkpoint.
        { "deployed", one => one with { PriceKey = "azureOpenAI", NeedsDeployment = true }, input => input, [0.62, 0.0104, 0, 1.7] },
        { "deployed at a price of its own", one => one with { PriceKey = "azureOpenAI", NeedsDeployment = true, HostingUsdPerHour = 3 }, input => input, [0.62, 0.0104, 0, 3] },
        { "deployed where it costs nothing", one => one with { PriceKey = "azureOpenAI", NeedsDeployment = true, HostingTier = TrainingTier.Developer }, input => input, [0.62, 0.0104, 0, 0] },
        { "trained where it costs less", one => one with { PriceKey = "azureOpenAI", NeedsDeployment = true, Tier = TrainingTier.Developer, HostingTier = TrainingTier.Standard }, input => input, [0.248, 0.0104, 0, 1.7] },
        { "all deployed", one => one with { Epochs = 3, PriceKey = "azureOpenAI", NeedsDeployment = true, Checkpoints = CheckpointUse.All }, input => input, [0.93, 0.0104, 0.0364, 10.2] },
        { "an untuned one is not deployed", one => one with { PriceKey = "azureOpenAI", NeedsDeployment = true, Work = QuotedWork.AskBase }, input => input, [0, 0.0052, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Sums))]
    public void Costs_are(string what, Func<QuotedCandidate, QuotedCandidate> candidate, Func<QuoteInput, QuoteInput> change, double[] expected)
    {
        CandidateQuote quote = Of(candidate(Mini), change(Plain));

        double[] sums = [quote.TrainingUsd.Likely, quote.EvaluationUsd.Likely, quote.SelectionUsd.Likely, quote.HostingUsd.Likely];
        foreach ((double actual, double wanted) in sums.Zip(expected))
        {
            actual.ShouldBe(wanted, 1e-9, what);
        }

        quote.Unpriced.ShouldBeFalse(what);
        quote.TotalUsd.Likely.ShouldBe(expected.Sum(), 1e-9, what);
    }

    [Fact]
    public void A_range_is_one_of_tokens_and_hours_and_a_tenth_of_the_selection()
    {
        CandidateQuote quote = Of(Mini with { Epochs = 3, PriceKey = "azureOpenAI", NeedsDeployment = true, Checkpoints = CheckpointUse.All }, Plain);

        (quote.EvaluationUsd.Low, quote.EvaluationUsd.High).ShouldBe((0.0088, 0.01264));
        quote.SelectionUsd.Low.ShouldBe((0.0088 * 0.5 * 0.9 * 3) + (0.0088 * 2), 1e-9);
        quote.SelectionUsd.High.ShouldBe((0.01264 * 0.5 * 1.1 * 3) + (0.01264 * 2), 1e-9);
        (quote.HostingUsd.Low, quote.HostingUsd.High).ShouldBe((2.55, 40.8));
        (quote.Name, quote.Model, quote.ServingUsdPerHour).ShouldBe(("mini", "gpt-4.1-mini", 1.7));
    }

    [Theory]
    [InlineData(QuotedWork.TrainAndAsk, "own", "own", true)]
    [InlineData(QuotedWork.AskBase, "openai", "gpt-6-luna", false)] // Listed for asking untuned, and for nothing else.
    [InlineData(QuotedWork.TrainAndAsk, "openai", "gpt-6-luna", true)]
    [InlineData(QuotedWork.AskTuned, "openai", "gpt-6-luna", true)]
    public void Without_a_price_that_is_needed_a_quote_says_so(QuotedWork work, string priceKey, string model, bool unpriced)
    {
        CandidateQuote quote = Of(Mini with { Work = work, PriceKey = priceKey, Model = model }, Plain);

        quote.Unpriced.ShouldBe(unpriced);
        quote.Notes.Contains($"no price is listed for {model} at {priceKey}: add it to a price file").ShouldBe(unpriced);
        quote.TrainingUsd.ShouldBe(Estimate.Zero);
    }

    public static TheoryData<string?, Func<QuotedCandidate, QuotedCandidate>> Notes => new()
    {
        { null, one => one },
        { "tokens are estimated from characters: no tokenizer of the model is known here", one => one with { Counted = null } },
        { "tokens counted with o200k on 50 % of the rows", one => one with { Counted = new CountedTokens("o200k", 1, 1, 0.5) } },
        { "the service chooses the epochs: 1 to 3 are assumed", one => one with { Epochs = null } },
        { "thinks with effort low: 150 tokens an answer are assumed, up to 2,048 allowed", one => one with { ReasoningEffort = "low" } },
        { "simulated: list prices, nothing is paid", one => one with { Simulated = true } },
        { "an earlier run has paid for its job", one => one with { TrainingAdopted = true } },
        { "an earlier run has paid for 50 of 200 answers", one => one with { AnswersAdopted = 50 } },
        { "an earlier run has paid for its job and 200 of 200 answers", one => one with { TrainingAdopted = true, AnswersAdopted = 200 } },
        { "2 checkpoints are asked about 100 validation rows", one => one with { Checkpoints = CheckpointUse.Best } },
        { "2 checkpoints are asked about 100 validation rows, and all of them about the holdout", one => one with { Checkpoints = CheckpointUse.All } },
        { "as champion it stands in a deployment for 1.70 USD an hour, 1,241 USD a month, until another takes its place", one => one with { NeedsDeployment = true, HostingUsdPerHour = 1.7 } },
    };

    [Theory]
    [MemberData(nameof(Notes))]
    public void What_a_person_should_know_is_noted_and_nothing_else(string? note, Func<QuotedCandidate, QuotedCandidate> change)
    {
        string counted = "tokens counted with o200k";

        string[] notes = [.. Of(change(Mini with { Counted = new CountedTokens("o200k", 70_000, 13_000, 1) }), Plain).Notes];

        string[] expected = note is null ? [counted] : note.StartsWith("token", StringComparison.Ordinal) ? [note] : note.StartsWith("the service", StringComparison.Ordinal) ? [note, counted] : [counted, note];
        notes.Select(one => one.Replace("50%", "50 %", StringComparison.Ordinal)).ShouldBe(expected);
    }

    [Fact]
    public void A_container_takes_minutes_to_begin_and_half_to_twice_its_work()
    {
        // (1,000 rows twice, and 200 asked three times as fast) at 123 a second: 16.802 s. At 1.54 USD an hour.
        CandidateQuote quote = Of(new QuotedCandidate { Name = "own", Work = QuotedWork.Container, Model = "distilbert", Epochs = 2 }, Plain);
        quote.HostingUsd.Low.ShouldBe(68.4011 * 1.54 / 3600, 1e-6);
        quote.HostingUsd.Likely.ShouldBe(256.8022 * 1.54 / 3600, 1e-6);
        quote.HostingUsd.High.ShouldBe(933.6043 * 1.54 / 3600, 1e-6);
        quote.Notes.ShouldBe(["about 4 minutes on t4 at 1.54 USD an hour"]);
        (quote.Name, quote.Model, quote.Unpriced).ShouldBe(("own", "distilbert", false));
        Of(new QuotedCandidate { Name = "own", Work = QuotedWork.Container, Model = "distilbert" }, Plain).HostingUsd.Likely.ShouldBe(248.6721 * 1.54 / 3600, 1e-6);

        CandidateQuote unknown = Of(new QuotedCandidate { Name = "own", Work = QuotedWork.Container, Model = "distilbert", Machine = "abacus" }, Plain);
        (unknown.Unpriced, unknown.HostingUsd).ShouldBe((true, Estimate.Zero));
        unknown.Notes.ShouldBe(["no price is listed for the machine \"abacus\": add it to a price file"]);

        CandidateQuote linear = Of(new QuotedCandidate { Name = "lin", Work = QuotedWork.Linear, Model = "linear" }, Plain);
        (linear.Name, linear.Model, linear.TotalUsd).ShouldBe(("lin", "linear", Estimate.Zero));
        linear.Notes.ShouldBe(["trained in process, costs nothing"]);
    }

    [Fact]
    public void An_encoder_takes_its_word_pieces_times_its_parameters()
    {
        // 50,000 pieces twice and 10,000 a third as fast, times 42.5 million, at the book's 5 examples of 65 pieces a second: 317.95 s.
        QuotedCandidate encoder = new() { Name = "enc", Work = QuotedWork.Encoder, Model = "distilbert-base-cased", Epochs = 2, Machine = "local" };
        QuotedCandidate measured = encoder with { Machine = "t4", MeasuredRate = new MachineRate(42.5e6 * 1000, new DateTimeOffset(2026, 2, 3, 0, 0, 0, TimeSpan.Zero)), Caution = "look" };

        Of(encoder, Plain).ShouldSatisfyAllConditions(
            quote => quote.HostingUsd.ShouldBe(Estimate.Zero),
            quote => quote.Notes[0].ShouldBe("about 6 minutes (3 minutes to 21 minutes) on local, by the price book's speed, until it is measured"),
            quote => quote.Notes.Length.ShouldBe(2),
            quote => (quote.Name, quote.Model, quote.Unpriced).ShouldBe(("enc", "distilbert-base-cased", false)));
        // 103.33 s at a thousand pieces a second.
        Of(measured, Plain).ShouldSatisfyAllConditions(
            quote => quote.HostingUsd.Low.ShouldBe(72 * 1.54 / 3600, 1e-9),
            quote => quote.HostingUsd.Likely.ShouldBe(133.33333 * 1.54 / 3600, 1e-7),
            quote => quote.HostingUsd.High.ShouldBe(465.33333 * 1.54 / 3600, 1e-7),
            quote => quote.Notes.ShouldBe(["about 2 minutes (72 seconds to 8 minutes) on t4, as measured on 2026-02-03", "look"]));
        // Cut at 20 pieces a row; twice as many parameters.
        Of(measured with { MaxLength = 20, LayerParameters = 85e6 }, Plain).HostingUsd.Likely.ShouldBe((30 + (2 * (40 + (4 / 3.0)))) * 1.54 / 3600, 1e-7);
        Of(measured with { Epochs = null }, Plain).HostingUsd.Likely.ShouldBe(83.33333 * 1.54 / 3600, 1e-7);
        foreach (QuotedCandidate unknown in (QuotedCandidate[])[encoder with { Machine = "abacus" }, measured with { MeasuredRate = new MachineRate(0, default) }])
        {
            CandidateQuote quote = Of(unknown, Plain);
            (quote.Unpriced, quote.HostingUsd, quote.Name, quote.Model).ShouldBe((true, Estimate.Zero, "enc", "distilbert-base-cased"));
            quote.Notes.ShouldBe([$"no price is listed for the machine \"{unknown.Machine}\": add it to a price file"]);
        }
    }

    [Theory]
    [InlineData("MiniLM-L6-v2", 10.6e6)]
    [InlineData("arctic-embed-xs", 10.6e6)]
    [InlineData("minilm-l12", 21.3e6)]
    [InlineData("bge-small", 21.3e6)]
    [InlineData("distilroberta", 42.5e6)]
    [InlineData("bert-large", 302e6)]
    [InlineData("bert-base", 85e6)]
    [InlineData("bert-tiny", 0.4e6)]
    [InlineData("bert-mini", 3.2e6)]
    [InlineData("anything", 85e6)]
    public void An_encoders_size_is_told_by_its_name(string model, double parameters) => EncoderPricing.ParametersOf(model).ShouldBe(parameters);

    [Theory]
    [InlineData(BaselineKind.Linear, null, TrainingPlace.Auto, QuotedWork.Linear, "linear", "t4")]
    [InlineData(BaselineKind.Encoder, null, TrainingPlace.Auto, QuotedWork.Encoder, "champion", "local")]
    [InlineData(BaselineKind.Encoder, "bert", TrainingPlace.Job, QuotedWork.Encoder, "bert", "t4")]
    [InlineData(BaselineKind.Container, "bert", TrainingPlace.Auto, QuotedWork.Container, "bert", "t4")]
    public void A_baseline_is_quoted_as_what_it_is(BaselineKind kind, string? model, TrainingPlace where, QuotedWork work, string quoted, string machine)
    {
        QuotedCandidate one = QuotedCandidate.Of(new BaselineRecipe { Name = "b", Kind = kind, Model = model, Where = where, Epochs = new(4), MaxLength = new(99) });

        (one.Name, one.Work, one.Model, one.Machine, one.Epochs, one.MaxLength).ShouldBe(("b", work, quoted, machine, 4, 99));
        QuotedCandidate.Of(new BaselineRecipe { Name = "b", Kind = kind }).MaxLength.ShouldBe(256);
    }

    [Theory]
    [InlineData(50, 50, 20_000)]
    [InlineData(99, 99, 39_600)]
    [InlineData(100, 100, 40_000)]
    [InlineData(101, 100, 40_000)]
    [InlineData(null, 100, 40_000)]
    public void A_sample_of_a_split_has_rows_of_average_length(int? rows, long taken, double low)
    {
        SplitSize sample = new SplitSize(100, new Estimate(40_000, 50_000, 60_000)).Take(rows);

        (sample.Rows, sample.TextTokens.Low).ShouldBe((taken, low));
    }

    [Fact]
    public void Simulated_work_counts_towards_approval_and_is_not_to_be_paid()
    {
        Quote quote = Quote.Make(Plain with { Candidates = [Mini, Mini with { Name = "sim", Simulated = true }], Budget = new BudgetRecipe { ApproveAbove = 10, Usd = 10 } });

        quote.TotalUsd.Likely.ShouldBe(2 * 0.6304, 1e-9);
        quote.PayableUsd.Likely.ShouldBe(0.6304, 1e-9);
        (quote.NeedsApproval, quote.OverBudget, quote.Currency).ShouldBe((false, false, "USD"));
        double high = quote.TotalUsd.High;
        Quote exact = Quote.Make(Plain with { Candidates = [Mini, Mini], Budget = new BudgetRecipe { ApproveAbove = high, Usd = high } });
        (exact.NeedsApproval, exact.OverBudget).ShouldBe((false, false));
        (quote.PricesAsOf, quote.PriceSource, quote.Calibration).ShouldBe((PriceBook.Default.AsOf, PriceBook.Default.Source, null));
        Quote.Make(Plain with { Candidates = [Mini], Calibration = new TokenCalibration(1.1, 5) }).Calibration.ShouldBe(new TokenCalibration(1.1, 5));
    }

    [Theory]
    [InlineData("70000 65537 65536 10", "2 texts are longer than the 65,536 tokens that gpt-4.1-mini takes (lines 2, 3)")]
    [InlineData("70000 10", "1 text is longer than the 65,536 tokens that gpt-4.1-mini takes (lines 2)")]
    [InlineData("70000 70000", "at least 2 texts are longer than the 65,536 tokens that gpt-4.1-mini takes (lines 2, 3)")]
    [InlineData("9e4 9e4 9e4 9e4 9e4 9e4 9e4 9e4 9e4 9e4 9e4 1", "11 texts are longer than the 65,536 tokens that gpt-4.1-mini takes (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)")]
    [InlineData("65536", null)]
    [InlineData("", null)]
    public void Texts_that_the_model_cannot_take_are_told(string lengths, string? note)
    {
        LongText[] texts = [.. lengths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((length, i) => new LongText(i + 2, (int)double.Parse(length)))];

        string[] notes = [.. Of(Mini, Plain with { LongTexts = [.. texts] }).Notes.Where(one => one.Contains("longer than", StringComparison.Ordinal))];

        notes.Select(one => one.Split(':')[0]).ShouldBe(note is null ? [] : [note]);
        Of(Mini with { Model = "own" }, Plain with { LongTexts = [.. texts] }).Notes.ShouldNotContain(one => one.Contains("longer than", StringComparison.Ordinal));
    }

    private static CandidateQuote Of(QuotedCandidate candidate, QuoteInput input) => Quote.Make(input with { Candidates = [candidate] }).Candidates[0];
}
