using System.Text.Json.Nodes;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation.Statistics;

/// <summary>Distributions and logarithms of factorials to the last digits of a double, against fifty digits of mpmath
/// (<c>Fixtures/generate_precise.py</c>), on both sides of where one formula follows another.</summary>
public sealed class PreciseFiguresTests
{
    private static readonly JsonNode Known = FixtureFile.Read("precise.json");

    [Fact]
    public void Normal_quantiles_have_about_sixteen_digits()
    {
        foreach ((double p, double _, double z) in Rows("normalQuantiles"))
        {
            // Above a half, p itself has lost digits of its distance from 1 before it came here: the reference takes it as it is.
            Normal.Quantile(p).ShouldBe(z, 2e-15 * Math.Abs(z), $"p = {p}");
        }
    }

    [Fact]
    public void Tails_of_the_normal_distribution_end_at_37()
    {
        // scipy's norm.cdf(-37). Beyond, it is below the smallest normal double.
        Normal.Cdf(-37).ShouldBe(5.725571222524577e-300, 1e-307);
        Normal.Cdf(-37.5).ShouldBe(0);
        Normal.Cdf(37.5).ShouldBe(1);
    }

    [Fact]
    public void Chi_square_tails_have_thirteen_digits_by_series_and_by_fraction()
    {
        foreach ((double x, double degrees, double tail) in Rows("chiSquareTails"))
        {
            ChiSquare.Tail(x, (int)degrees).ShouldBe(tail, 2e-13 * tail, $"x = {x}, {degrees} degrees");
        }
    }

    [Fact]
    public void No_chi_square_is_below_zero()
    {
        ChiSquare.Tail(0, 3).ShouldBe(1);
        ChiSquare.Tail(-2, 3).ShouldBe(1);
        ChiSquare.Tail(double.NaN, 3).ShouldBe(double.NaN);
    }

    [Fact]
    public void Chi_square_quantiles_have_twelve_digits_near_zero_too()
    {
        foreach ((double p, double degrees, double x) in Rows("chiSquareQuantiles"))
        {
            ChiSquare.TailQuantile(p, (int)degrees).ShouldBe(x, 2e-12 * x, $"p = {p}, {degrees} degrees");
        }
    }

    [Fact]
    public void Tails_of_Stirlings_formula_come_from_a_table_and_then_miss_by_less_than_the_first_term_left_out()
    {
        foreach ((double k, double _, double tail) in Rows("stirlingTails"))
        {
            double found = Binomial.StirlingTail(k);
            if (k <= 9)
            {
                found.ShouldBe(tail, 2e-16, $"k = {k}");
                continue;
            }

            // The series has terms of both signs in turn, and stops after one that is added: it lies above, by less than 1 / (1680 n^7).
            (found - tail).ShouldBeInRange(-2e-18, (1 / (1680 * Math.Pow(k + 1, 7))) + 2e-18, $"k = {k}");
        }
    }

    [Fact]
    public void Logarithms_of_factorials_are_exact_to_the_last_digits_where_the_series_begins()
    {
        foreach ((double n, double _, double log) in Rows("logFactorials"))
        {
            // At 16, the term of n^-7 is 2e-12, and the first left out 1e-14.
            McNemar.LogFactorial((long)n).ShouldBe(log, 1.5e-14 + (2e-16 * log), $"n = {n}");
        }
    }

    // Rows of two or three numbers: the last is the figure.
    private static IEnumerable<(double First, double Second, double Figure)> Rows(string name) =>
        Known[name]!.AsArray().Select(row => ((double)row![0]!, (double)row[1]!, (double)row[row.AsArray().Count - 1]!));
}
