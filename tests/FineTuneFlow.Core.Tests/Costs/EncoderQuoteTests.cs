using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Seconds and USD of an encoder, worked out here by hand.</summary>
public sealed class EncoderQuoteTests
{
    private const double MiniLmLayers = 10_646_784;
    private const int Rows = 3_000;
    private const int Pieces = 60;

    private static readonly DateTimeOffset Measured = new(2026, 11, 20, 3, 0, 0, TimeSpan.Zero);

    private static readonly QuotedCandidate MiniLm = new()
    {
        Name = "minilm", Work = QuotedWork.Encoder, Model = "all-MiniLM-L6-v2", Epochs = 2, Machine = "t4", LayerParameters = MiniLmLayers,
        MeasuredRate = new MachineRate(500 * MiniLmLayers, Measured),
    };

    [Fact]
    public void A_measured_rate_gives_the_seconds_and_they_the_price()
    {
        CandidateQuote quote = Make(MiniLm);

        // Two epochs of 180,000 pieces at 500 a second, and the 60,000 of the holdout three times as fast, as nothing goes back through the model there.
        double work = ((2 * Rows * Pieces) + (1_000 * Pieces / 3.0)) / 500;
        double anHour = PriceBook.Default.Machine("t4")!.UsdPerHour;
        quote.HostingUsd.Likely.ShouldBe((30 + work) * anHour / 3600, 1e-9);
        quote.HostingUsd.Low.ShouldBeLessThan(quote.HostingUsd.Likely);
        quote.HostingUsd.High.ShouldBe((300 + (work * 1.6)) * anHour / 3600, 1e-9);
        string note = quote.Notes[0];
        note.ShouldContain("as measured on 2026-11-20");
        note.ShouldContain($"about {(30 + work) / 60:0} minutes");
    }

    [Fact]
    public void Twice_the_epochs_or_half_the_rate_take_twice_the_time()
    {
        double Seconds(QuotedCandidate candidate) => Make(candidate).HostingUsd.Likely * 3600 / PriceBook.Default.Machine("t4")!.UsdPerHour;
        double epoch = Rows * Pieces / 500.0;

        (Seconds(MiniLm with { Epochs = 4 }) - Seconds(MiniLm)).ShouldBe(2 * epoch, 1e-6);
        (Seconds(MiniLm with { MeasuredRate = new MachineRate(250 * MiniLmLayers, Measured) }) - 30).ShouldBe(2 * (Seconds(MiniLm) - 30), 1e-6);
        (Seconds(MiniLm with { LayerParameters = 2 * MiniLmLayers }) - 30).ShouldBe(2 * (Seconds(MiniLm) - 30), 1e-6);
    }

    [Fact]
    public void What_is_cut_off_costs_nothing()
    {
        double whole = Make(MiniLm with { MaxLength = Pieces }).HostingUsd.Likely;

        Make(MiniLm with { MaxLength = 256 }).HostingUsd.Likely.ShouldBe(whole, 1e-9);
        Make(MiniLm with { MaxLength = Pieces / 2 }).HostingUsd.Likely.ShouldBeLessThan(whole * 0.6);
    }

    [Fact]
    public void Without_a_measurement_the_price_book_tells_the_speed_and_the_range_is_wide()
    {
        CandidateQuote quote = Make(MiniLm with { MeasuredRate = null });

        quote.Notes[0].ShouldContain("until it is measured");
        (quote.HostingUsd.High / quote.HostingUsd.Likely).ShouldBeGreaterThan(2.5);
    }

    [Fact]
    public void This_machine_costs_nothing_and_its_first_encoder_a_download()
    {
        CandidateQuote quote = Make(MiniLm with { Machine = "local" });

        quote.HostingUsd.High.ShouldBe(0);
        quote.Notes.ShouldContain(note => note.Contains("310 MB", StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_without_a_price_and_a_model_that_could_not_be_looked_at_are_told()
    {
        Make(MiniLm with { Machine = "abacus" }).Unpriced.ShouldBeTrue();
        Make(MiniLm with { Caution = "the hub cannot be reached" }).Notes.ShouldContain("the hub cannot be reached");
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", 10.6e6)]
    [InlineData("distilbert-base-cased", 42.5e6)]
    [InlineData("bert-large-uncased", 302e6)]
    [InlineData("acme/unheard-of", 85e6)]
    public void A_model_that_could_not_be_looked_at_is_sized_by_its_name(string model, double parameters)
    {
        double guessed = Make(MiniLm with { Model = model, LayerParameters = null }).HostingUsd.Likely;

        guessed.ShouldBe(Make(MiniLm with { LayerParameters = parameters }).HostingUsd.Likely, 1e-9);
    }

    [Fact]
    public void A_baseline_s_grid_is_quoted_one_by_one()
    {
        var baseline = new BaselineRecipe { Name = "m", Kind = BaselineKind.Encoder, Model = "all-MiniLM-L6-v2", Epochs = new(1, 3), MaxLength = new(64, 128) };

        QuotedCandidate[] quoted = [.. BaselineGrid.Expand(baseline).Select(QuotedCandidate.Of)];

        quoted.Select(one => (one.Epochs, one.MaxLength)).ShouldBe([(1, 64), (1, 128), (3, 64), (3, 128)]);
        quoted.ShouldAllBe(one => one.Work == QuotedWork.Encoder && one.Machine == "local");
        QuotedCandidate.Of(baseline with { Where = TrainingPlace.Job }).Machine.ShouldBe("t4");
    }

    private static CandidateQuote Make(QuotedCandidate candidate) => Quote.Make(new QuoteInput
    {
        Train = new SplitSize(Rows, Estimate.Exactly(Rows * Pieces)),
        Holdout = new SplitSize(1_000, Estimate.Exactly(1_000 * Pieces)),
        Candidates = [candidate],
        Budget = new BudgetRecipe(),
    }).Candidates.ShouldHaveSingleItem();
}
