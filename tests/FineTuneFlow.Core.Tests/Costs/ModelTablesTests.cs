using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>The dated tables of models and prices: how they are read, put over each other, and what they say of a day.</summary>
public sealed class ModelTablesTests
{
    private const string Prices = """
        {
          "asOf": "2026-02-03", "currency": "EUR", "source": "us", "listed": ["openai"],
          "tokens": [
            { "model": "a", "asOf": "2026-02-04", "training": 1.5, "tunedInput": 2.5, "tunedOutput": 3.5, "baseInput": 4.5, "baseOutput": 5.5, "batchInput": 6.5, "batchOutput": 7.5, "note": "n" },
            { "model": "b", "provider": "p", "asOf": "2026-02-05", "training": 0 }
          ],
          "batchShare": { "share": 0.25, "note": "quarter" },
          "trainingTiers": [ { "tier": "developer", "low": 0.1, "likely": 0.2, "high": 0.3, "note": "t" } ],
          "hosting": [ { "provider": "p", "tier": "standard", "usdPerHour": 1.25, "asOf": "2026-02-06", "note": "h" } ],
          "machines": [ { "name": "m", "usdPerHour": 2.25, "examplesPerSecond": 12.5, "asOf": "2026-02-07", "note": "x" } ]
        }
        """;

    private const string Models = """
        {
          "asOf": "2026-02-03", "source": "us", "partial": ["p"], "windows": [ { "model": "a", "tokens": 16384 } ],
          "models": [
            { "provider": "p", "model": "a", "trainingEnds": "2026-03-01", "inferenceEnds": "2026-04-01", "tunable": false, "note": "n", "existingCustomersSince": "2026-02-01", "baseEnds": "2026-05-01",
              "tier": "globalStandard", "epochs": 3, "epochsOfFew": 9, "epochsOfMany": 2, "learningRateMultiplier": 0.5, "efforts": ["low", "high"], "suggested": true },
            { "provider": "p", "model": "b" }
          ]
        }
        """;

    [Fact]
    public void What_is_read_by_hand_is_what_the_serializer_reads()
    {
        Same(CostBinding.Prices(PlacedJsonParser.Parse(Encoding.UTF8.GetBytes(Prices))), CostData.Read<PriceBook>("prices.json", Encoding.UTF8.GetBytes(Prices)));
        Same(CostBinding.Models(PlacedJsonParser.Parse(Encoding.UTF8.GetBytes(Models))), CostData.Read<ModelBook>("models.json", Encoding.UTF8.GetBytes(Models)));
        string bare = """{ "asOf": "2026-02-03", "source": "us" }""";
        Same(CostBinding.Prices(PlacedJsonParser.Parse(Encoding.UTF8.GetBytes(bare))), CostData.Read<PriceBook>("prices.json", Encoding.UTF8.GetBytes(bare)));
        Same(CostBinding.Models(PlacedJsonParser.Parse(Encoding.UTF8.GetBytes(bare))), CostData.Read<ModelBook>("models.json", Encoding.UTF8.GetBytes(bare)));
    }

    [Theory]
    [InlineData("{ \"asOf\": \"2026-02-03\", \"source\": \"us\",\n  \"tokenz\": [] }", 2L, "$.tokenz")]
    [InlineData("null", null, null)]
    [InlineData("{ \"asOf\": \"2026-02-03\", \"source\": \"us\", // why\n }", 0L, "")]
    public void A_file_that_cannot_be_read_is_refused_with_its_place(string json, long? line, string? field)
    {
        if (line == 0)
        {
            PriceBook.Read("mine.json", Encoding.UTF8.GetBytes(json)).Source.ShouldBe("us");
            return;
        }

        Failure failure = Should.Throw<FlowException>(() => PriceBook.Read("mine.json", Encoding.UTF8.GetBytes(json))).Failure;

        (failure.Kind, failure.Location?.File, failure.Location?.Line, failure.Field).ShouldBe((FailureKind.InvalidInput, "mine.json", line, field));
        failure.Remedy.ShouldNotBeNull();
        (failure.Location?.Column is not null).ShouldBe(line is not null);
    }

    [Fact]
    public void Prices_put_over_others_replace_those_of_the_same_name_and_leave_the_rest()
    {
        PriceBook mine = CostData.Read<PriceBook>("mine.json", Encoding.UTF8.GetBytes(Prices));
        PriceBook over = mine.With(new PriceBook
        {
            AsOf = new DateOnly(2026, 9, 9), Source = "over", Listed = ["OPENAI", "q"],
            Tokens = [new TokenPrice { Model = "A", AsOf = default, Training = 9 }, new TokenPrice { Model = "b", AsOf = default }],
            TrainingTiers = [new TierPrice("Developer", 1, 1, 1)],
            Hosting = [new HostingPrice("P", "Standard", 9, default), new HostingPrice("p", "developer", 8, default)],
            Machines = [new MachinePrice("M", 9, 9, default), new MachinePrice("n", 8, 8, default)],
        });

        (over.AsOf, over.Source, over.BatchShare?.Share).ShouldBe((new DateOnly(2026, 9, 9), "over", 0.25));
        over.Listed.ShouldBe(["openai", "q"]);
        over.Tokens.Select(price => (price.Model, price.Provider, price.Training)).ShouldBe([("b", "p", 0), ("A", null, 9), ("b", null, null)]);
        over.TrainingTiers.Select(tier => tier.Low).ShouldBe([1]);
        over.Hosting.Select(hosting => hosting.UsdPerHour).ShouldBe([9, 8]);
        over.Machines.Select(machine => machine.UsdPerHour).ShouldBe([9, 8]);
        over.With(mine).Tokens.Length.ShouldBe(3);
        mine.With(over with { BatchShare = new BatchShare(0.5) }).BatchShare!.Share.ShouldBe(0.5);
    }

    [Theory]
    [InlineData("openai", "a", 1.5)]
    [InlineData("OpenAI", "A", 1.5)]
    [InlineData("openai", "ft:a:org::1", 1.5)]
    [InlineData("openai", "a-2025-04-14", 1.5)]
    [InlineData("p", "b", 0.0)]
    [InlineData("openai", "b", null)]
    [InlineData("unlisted", "a", null)]
    public void A_price_is_found_by_any_name_of_its_model(string provider, string model, double? training) =>
        CostData.Read<PriceBook>("mine.json", Encoding.UTF8.GetBytes(Prices)).Find(provider, model)?.Training.ShouldBe(training);

    [Theory]
    [InlineData(true, true, 6.5, 7.5)] // The batch price that is listed
    [InlineData(true, false, 2.5, 3.5)]
    [InlineData(false, true, 1.125, 1.375)] // A quarter, as nothing is listed
    [InlineData(false, false, 4.5, 5.5)]
    public void Asking_is_priced_by_tuned_and_batch(bool tuned, bool batch, double input, double output)
    {
        PriceBook book = CostData.Read<PriceBook>("mine.json", Encoding.UTF8.GetBytes(Prices));

        book.Asking("openai", "a", tuned, batch).ShouldBe(new AskingPrice(input, output));
        book.Asking("p", "b", tuned, batch).ShouldBeNull();
        (book with { BatchShare = null }).Asking("openai", "a", tuned: false, batch).ShouldBe(new AskingPrice(4.5, 5.5));
        (book.HostingPerHour("P", null), book.HostingPerHour("p", TrainingTier.Developer), book.HostingPerHour("q", null)).ShouldBe((1.25, 0, 0));
        book.Training("openai", "a", TrainingTier.Developer).ShouldBe(new Estimate(0.1, 0.2, 0.3) * 1.5);
        (book.Training("openai", "a"), book.Training("openai", "a", TrainingTier.GlobalStandard)).ShouldBe((Estimate.Exactly(1.5), Estimate.Exactly(1.5)));
    }

    [Fact]
    public void Models_put_over_the_built_in_ones_replace_those_of_the_same_name()
    {
        ModelLife known = ModelBook.Default.Models[0];
        string json = $$"""
            { "asOf": "2026-02-03", "source": "us", "partial": ["mine"], "windows": [ { "model": "gpt-4.1", "tokens": 7 } ],
              "models": [ { "provider": "{{known.Provider.ToUpperInvariant()}}", "model": "{{known.Model}}", "note": "mine" }, { "provider": "mine", "model": "m" } ] }
            """;

        ModelBook book = ModelBook.Read("mine.json", Encoding.UTF8.GetBytes(json));

        book.Models.Length.ShouldBe(ModelBook.Default.Models.Length + 1);
        book.Find(known.Provider, known.Model)!.Note.ShouldBe("mine");
        book.Models.ShouldContain(ModelBook.Default.Models[^1]);
        book.Partial.ShouldBe([.. ModelBook.Default.Partial, "mine"]);
        (book.WindowOf("GPT-4.1"), book.WindowOf("gpt-4.1-2025-04-14"), book.WindowOf("gpt-4.1-nano"), book.WindowOf("none")).ShouldBe((7, 7, 32_768, null));
        (book.Knows("MINE"), book.Knows("none"), book.Find("mine", "other")).ShouldBe((true, false, null));
        book.Find("mine", "ft:m:org::1")!.Model.ShouldBe("m");
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(99.0, 9)]
    [InlineData(100.0, 3)]
    [InlineData(2_000.0, 3)]
    [InlineData(2_001.0, 2)]
    public void Passes_go_by_the_number_of_rows(double? rows, int epochs)
    {
        var life = new ModelLife("p", "m") { Epochs = 3, EpochsOfFew = 9, EpochsOfMany = 2 };

        life.EpochsFor(rows).ShouldBe(epochs);
        (life with { EpochsOfFew = null, EpochsOfMany = null }).EpochsFor(rows).ShouldBe(3);
    }

    [Fact]
    public void A_suggested_models_passes_go_by_the_rows_that_are_known()
    {
        var book = new ModelBook { AsOf = default, Source = "us", Models = [new("p", "m") { Epochs = 3, EpochsOfFew = 9 }] };
        CandidateRecipe open = new() { Name = CandidateRecipe.SuggestedModel, Model = CandidateRecipe.SuggestedModel };

        SuggestedModel.Of(open, book, "p", default, _ => true, 50)!.Epochs[0].ShouldBe(9);
        SuggestedModel.Of(open, book, "p", default, _ => true)!.Epochs[0].ShouldBe(3);
    }

    [Fact]
    public void Of_several_entries_the_first_counts_and_a_snapshots_own_is_found_by_its_whole_name()
    {
        TokenPrice Price(string model, double training, string? provider = null) => new() { Model = model, Provider = provider, AsOf = default, Training = training };
        PriceBook book = PriceBook.Default with
        {
            Listed = ["openai"], Tokens = [Price("m-2025-04-14", 1), Price("x", 2), Price("x", 3), Price("x", 4, "p"), Price("x", 5, "p")],
            Machines = [new MachinePrice("t4", 1, 1, default), new MachinePrice("T4", 2, 2, default)],
            Hosting = [new HostingPrice("p", "standard", 1, default), new HostingPrice("p", "standard", 2, default)],
        };
        ModelBook models = new()
        {
            AsOf = default, Source = "us", Models = [new("p", "m-2025-04-14", Note: "whole"), new("p", "x", Note: "first"), new("p", "x", Note: "second")], Windows = [new("m-2025-04-14", 7)],
        };

        (book.Find("openai", "m-2025-04-14")!.Training, book.Find("openai", "x")!.Training, book.Find("p", "x")!.Training).ShouldBe((1, 2, 4));
        (book.Machine("t4")!.UsdPerHour, book.HostingPerHour("p", null)).ShouldBe((1, 1));
        (models.Find("p", "m-2025-04-14")!.Note, models.Find("p", "x")!.Note, models.WindowOf("m-2025-04-14")).ShouldBe(("whole", "first", 7));
        CostProjection.ChapterOptions(PriceBook.Default with { Tokens = [.. PriceBook.Default.Tokens.Select(price => price with { BaseInput = 1_000 })] })[0].InputUsd.ShouldBe(1_000);
    }

    public static TheoryData<ModelLife, bool, bool, bool> Lives => new()
    {
        // On the second of March: may anybody train it, may who has tuned before, does the untuned model answer
        { new ModelLife("p", "m"), true, true, true },
        { new ModelLife("p", "m", Tunable: false), false, false, true },
        { new ModelLife("p", "m", TrainingEnds: new(2026, 3, 2)), false, false, true },
        { new ModelLife("p", "m", TrainingEnds: new(2026, 3, 3)), true, true, true },
        { new ModelLife("p", "m", InferenceEnds: new(2026, 3, 2)), false, false, false },
        { new ModelLife("p", "m", InferenceEnds: new(2026, 3, 3)), true, true, true },
        { new ModelLife("p", "m") { ExistingCustomersSince = new(2026, 3, 2) }, false, true, true },
        { new ModelLife("p", "m") { ExistingCustomersSince = new(2026, 3, 3) }, true, true, true },
        { new ModelLife("p", "m", InferenceEnds: new(2026, 6, 1)) { BaseEnds = new(2026, 3, 2) }, true, true, false },
        { new ModelLife("p", "m", InferenceEnds: new(2026, 3, 1)) { BaseEnds = new(2026, 3, 3) }, false, false, true },
    };

    [Theory]
    [MemberData(nameof(Lives))]
    public void What_a_model_can_do_depends_on_the_day(ModelLife life, bool anybody, bool existing, bool answers)
    {
        var day = new DateOnly(2026, 3, 2);

        (life.Trains(day, false), life.Trains(day, true), life.Answers(day)).ShouldBe((anybody, existing, answers));
    }

    [Theory]
    [InlineData(CandidateKind.FineTune, true, "cheap", CandidateKind.FineTune, 2)] // As its maker suggests
    [InlineData(CandidateKind.FineTune, false, "asked", CandidateKind.Prompt, null)] // Nothing may be trained: the suggested one that answers is asked
    [InlineData(CandidateKind.Prompt, true, "asked", CandidateKind.Prompt, null)]
    public void Where_no_model_is_named_the_suggested_one_is_taken(CandidateKind kind, bool mayTrain, string model, CandidateKind becomes, int? epochs)
    {
        var book = new ModelBook
        {
            AsOf = default, Source = "us",
            Models = [new("p", "dear"), new("p", "cheap", InferenceEnds: new(2026, 1, 1)) { Suggested = true, Epochs = 2 }, new("p", "asked") { Suggested = true }, new("q", "other") { Suggested = true }],
        };
        CandidateRecipe open = new()
        {
            Name = CandidateRecipe.SuggestedModel, Model = CandidateRecipe.SuggestedModel, Kind = kind, BatchSize = new(8), LearningRateMultiplier = new(1.5), Tier = TrainingTier.Developer,
        };

        CandidateRecipe chosen = SuggestedModel.Of(open, book, "p", new DateOnly(2026, 3, 2), _ => mayTrain)!;

        (chosen.Name, chosen.Model, chosen.Kind).ShouldBe((model, model, becomes));
        (chosen.Epochs.Count > 0 ? chosen.Epochs[0] : (int?)null, chosen.BatchSize.Count, chosen.LearningRateMultiplier.Count, chosen.Tier)
            .ShouldBe((epochs, epochs is null ? 0 : 1, epochs is null ? 0 : 1, epochs is null ? (TrainingTier?)null : TrainingTier.Developer));
        // A name and passes of its own are kept.
        CandidateRecipe named = SuggestedModel.Of(open with { Name = "mine", Epochs = new(5) }, book, "p", new DateOnly(2026, 3, 2), _ => mayTrain)!;
        (named.Name, named.Epochs.Count > 0 ? named.Epochs[0] : (int?)null).ShouldBe(("mine", epochs is null ? (int?)null : 5));
        SuggestedModel.IsOpen(open).ShouldBeTrue();
        SuggestedModel.IsOpen(chosen).ShouldBeFalse();
        SuggestedModel.Of(open, book, "nobody", new DateOnly(2026, 3, 2), _ => mayTrain).ShouldBeNull();
    }

    [Theory]
    [InlineData("gpt-4.1-mini", "gpt-4-1-mini")]
    [InlineData("org/team/Model_X", "model-x")]
    [InlineData("-odd-", "odd")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789abcdefgh", "abcdefghijklmnopqrstuvwxyz0123456789abcd")]
    public void A_candidate_is_named_after_its_model(string model, string name)
    {
        var book = new ModelBook { AsOf = default, Source = "us", Models = [new("p", model)] };

        CandidateRecipe chosen = SuggestedModel.Of(new() { Name = CandidateRecipe.SuggestedModel, Model = CandidateRecipe.SuggestedModel }, book, "p", default, _ => true, 1)!;

        (chosen.Name, chosen.Epochs[0]).ShouldBe((name, 1));
    }

    private static void Same<T>(T read, T expected) => JsonSerializer.Serialize(read, FlowJson.Indented).ShouldBe(JsonSerializer.Serialize(expected, FlowJson.Indented));
}
