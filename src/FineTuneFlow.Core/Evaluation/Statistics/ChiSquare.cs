namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>The chi-square distribution, by the regularised incomplete gamma function (W. H. Press et al., Numerical Recipes, 3rd ed.,
/// 2007, 6.2: series below a + 1, Lentz's continued fraction above).</summary>
internal static class ChiSquare
{
    /// <summary>P(X &gt; x) for <paramref name="degrees"/> degrees of freedom, from 1.</summary>
    public static double Tail(double x, int degrees)
    {
        double a = degrees / 2.0;
        double half = x / 2;
        return half <= 0 ? 1 : half < a + 1 ? 1 - LowerBySeries(a, half) : UpperByFraction(a, half);
    }

    /// <summary>The x with P(X &gt; x) = p, 0 &lt; p &lt; 1.</summary>
    public static double TailQuantile(double p, int degrees)
    {
        (double low, double high) = (0, 1);
        while (Tail(high, degrees) > p)
        {
            high *= 2;
        }

        while (high - low > 1e-12 * high)
        {
            double middle = (low + high) / 2;
            (low, high) = Tail(middle, degrees) > p ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double LowerBySeries(double a, double x)
    {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; sum + term > sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum * Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
    }

    // By induction both denominators of step n are above n + 1 where x is above a + 1, so neither needs Lentz's guard against 0.
    private static double UpperByFraction(double a, double x)
    {
        const int MostTerms = 10_000;
        const double Precise = 1e-15;
        double b = x + 1 - a;
        double c = double.PositiveInfinity;
        double d = 1 / b;
        double product = d;
        for (int n = 1; n < MostTerms; n++)
        {
            double an = -n * (n - a);
            b += 2;
            d = 1 / ((an * d) + b);
            c = b + (an / c);
            double change = c * d;
            product *= change;
            if (Math.Abs(change - 1) < Precise)
            {
                break;
            }
        }

        return product * Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
    }

    // a is half a whole number: ln Gamma by recurrence from Gamma(1/2) = sqrt(pi) or Gamma(1) = 1.
    private static double LogGamma(double a)
    {
        double at = a % 1 == 0 ? 1 : 0.5;
        double log = at == 1 ? 0 : Math.Log(Math.PI) / 2;
        for (; at < a; at++)
        {
            log += Math.Log(at);
        }

        return log;
    }
}
