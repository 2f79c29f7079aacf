using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class CostProjectionTests
{
    [Fact]
    public void The_chapters_five_options_cost_what_their_tokens_cost_in_May_2024()
    {
        CostProjection projection = CostProjection.Project(CostProjection.ChapterOptions(), 1_000, 0.01, 365);

        // By hand: (50 * 0.50 + 1 * 1.50) / 1000 and so on.
        projection.Options.Select(option => option.UsdPer1000).ShouldBe([0.0265, 0.0765, 0.225, 0.156, 0.0816], 1e-9);
        projection.Days[0].Usd.ShouldBe([0.0265, 0.0765, 0.225, 0.156, 0.0816], 1e-9);
        projection.Days[^1].Calls.ShouldBe(1_000 * Math.Pow(1.01, 364), 1e-6);
        projection.Days.Length.ShouldBe(365);
        projection.Cheapest.ShouldBe("just ask");
    }

    [Fact]
    public void Days_add_up_with_what_is_paid_once_and_by_the_day()
    {
        ServiceOption hosted = Option("hosted", fixedUsd: 10, perCall: 0.001) with { UsdPerDay = 40.8 };

        CostProjection projection = CostProjection.Project([hosted], 100, 0, 30);

        projection.Days[^1].SpentUsd[0].ShouldBe(10 + (30 * (40.8 + 0.1)), 1e-9);
        projection.Days[^1].SpentUsd[0].ShouldBe(hosted.Total(3_000, 30), 1e-9);
    }

    [Theory]
    [InlineData(-1, 0.01, 10, "volume")]
    [InlineData(double.NaN, 0.01, 10, "volume")]
    [InlineData(10, 2, 10, "growth")]
    [InlineData(10, 0.01, 0, "days")]
    [InlineData(10, 0.01, 4000, "days")]
    [InlineData(1e12, 0.5, 3650, "growth")]
    public void What_cannot_be_projected_is_refused_with_its_field(double volume, double growth, int days, string field) =>
        Should.Throw<FlowException>(() => CostProjection.Project(CostProjection.ChapterOptions(), volume, growth, days)).Failure.Field.ShouldBe(field);

    [Fact]
    public void At_the_break_even_point_both_cost_the_same_and_the_right_one_is_cheaper_on_either_side() =>
        Prop.ForAll(Gen.Choose(0, 1_000).Four().ToArbitrary(), four =>
        {
            (int fixedA, int callA, int fixedB, int callB) = four;
            ServiceOption a = Option("a", fixedA, callA / 1000.0);
            ServiceOption b = Option("b", fixedB, callB / 1000.0);
            if (BreakEven.Of(a, b) is not { } point)
            {
                return fixedA == fixedB && callA == callB;
            }

            ServiceOption dear = point.Dear == "a" ? a : b;
            ServiceOption cheap = point.Cheap == "a" ? a : b;
            double above = (point.Calls * 2) + 1;
            bool crossing = point.Calls == 0
                || (Math.Abs(a.Total(point.Calls) - b.Total(point.Calls)) < 1e-6 * (1 + a.Total(point.Calls)) && dear.Total(0) < cheap.Total(0));
            return crossing && cheap.Total(above) <= dear.Total(above) && dear.Name != cheap.Name;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_fine_tune_pays_for_its_training_after_so_many_calls()
    {
        // babbage trained for 4.53 at 0.0816 per 1,000 against few-shot chain of thought at 0.225.
        BreakEven point = BreakEven.Of(
            CostProjection.ChapterOptions()[2], CostProjection.ChapterOptions()[4] with { FixedUsd = 4.53 })!;

        point.Cheap.ShouldBe("fine-tuned babbage");
        point.Calls.ShouldBe(4.53 / (0.225 - 0.0816) * 1000, 1e-6);
    }

    [Fact]
    public void Unit_costs_come_from_what_the_evaluation_used()
    {
        var cost = new CandidateCost
        {
            EvaluationUsd = 0.104, TrainingUsd = 4, EvaluationPromptTokens = 100_000, EvaluationCompletionTokens = 2_000, Asking = new AskingPrice(1, 2),
        };

        UnitCost unit = UnitCost.Of(cost, asked: 2_000, correct: 1_500);

        unit.Per1000!.Value.ShouldBe(0.052, 1e-12);
        unit.Per1000Correct!.Value.ShouldBe(0.104 / 1.5, 1e-12);
        UnitCost.Of(cost, 0, 0).ShouldBe(new UnitCost(null, null));
        UnitCost.Of(cost, 10, 0).Per1000Correct.ShouldBeNull();
        ServiceOption option = UnitCost.OptionOf("a", "babbage-002", cost, 2_000, fixedUsd: 4, usdPerDay: 40.8);
        (option.PromptTokens, option.CompletionTokens, option.FixedUsd, option.UsdPerDay).ShouldBe((50, 1, 4, 40.8));
        option.UsdPer1000.ShouldBe(unit.Per1000.Value, 1e-12);
        UnitCost.OptionOf("linear", "linear", new CandidateCost(), 10, 0, 0).UsdPerCall.ShouldBe(0);
    }

    private static ServiceOption Option(string name, double fixedUsd, double perCall) => new()
    {
        Name = name, PromptTokens = 1, CompletionTokens = 0, InputUsd = perCall * 1e6, OutputUsd = 0, FixedUsd = fixedUsd,
    };
}
