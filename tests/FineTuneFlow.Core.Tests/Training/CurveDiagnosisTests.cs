using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

public sealed class CurveDiagnosisTests
{
    [Fact]
    public void A_loss_that_rises_after_its_lowest_checkpoint_is_over_fitting_from_the_next_one_on()
    {
        CurveDiagnosis diagnosis = Of(0.60, 0.41, 0.47, 0.58);

        diagnosis.Health.ShouldBe(CurveHealth.Overfitted);
        diagnosis.Checkpoint.ShouldBe(3);
        diagnosis.Words.ShouldBe("over-fitted from checkpoint 3 (step 300) on: the validation loss was lowest at step 200 (0.41) and ended at 0.58");
    }

    [Fact]
    public void A_rise_within_the_noise_is_none() => Of(0.60, 0.410, 0.412).Health.ShouldBe(CurveHealth.Healthy);

    [Fact]
    public void Over_fitting_begins_where_the_rise_is_more_than_noise() => Of(0.60, 0.410, 0.412, 0.5).Checkpoint.ShouldBe(4);

    [Fact]
    public void A_loss_that_still_falls_at_the_end_asks_for_more_epochs()
    {
        CurveDiagnosis diagnosis = Of(0.60, 0.50, 0.42);

        diagnosis.Health.ShouldBe(CurveHealth.Improving);
        diagnosis.Words.ShouldContain("more epochs may help");
    }

    [Fact]
    public void One_checkpoint_is_judged_by_its_curve_and_too_short_a_curve_not_at_all()
    {
        (int, double)[] curve = [.. Enumerable.Range(1, 20).Select(i => (i * 10, i < 8 ? 1.0 / i : (1.0 / 7) + (0.01 * (i - 7))))];

        CurveDiagnosis diagnosis = CurveDiagnosis.Of([(200, 0.3)], curve);

        diagnosis.Health.ShouldBe(CurveHealth.Overfitted);
        diagnosis.Checkpoint.ShouldBeNull();
        diagnosis.Words.ShouldStartWith("over-fitted from about step 80");
        CurveDiagnosis.Of([(200, 0.3)], curve[..5]).Health.ShouldBe(CurveHealth.Unknown);
        CurveDiagnosis.Of([], []).Health.ShouldBe(CurveHealth.Unknown);
    }

    private static CurveDiagnosis Of(params double[] losses) => CurveDiagnosis.Of([.. losses.Select((loss, i) => ((i + 1) * 100, loss))], []);
}
