using FineTuneFlow.Core.Training;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Training;

public sealed class StableMathTests
{
    [Fact]
    public void Exp_agrees_with_the_platform()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(-690_000, 700_000).ToArbitrary(), thousandths =>
        {
            double expected = Math.Exp(thousandths / 1000.0);
            return Math.Abs(StableMath.Exp(thousandths / 1000.0) - expected) <= expected * 1e-14;
        }));
        StableMath.Exp(-1000).ShouldBe(0);
        StableMath.Exp(0).ShouldBe(1);
        StableMath.Exp(1000).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Log_agrees_with_the_platform()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), n =>
            Math.Abs(StableMath.Log(n / 1e6) - Math.Log(n / 1e6)) <= 1e-13 * Math.Max(1, Math.Abs(Math.Log(n / 1e6)))));
        StableMath.Log(1).ShouldBe(0);
    }
}
