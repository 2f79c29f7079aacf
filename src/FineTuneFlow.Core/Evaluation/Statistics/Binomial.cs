namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Draws from the binomial distribution.</summary>
internal static class Binomial
{
    // ln k! minus Stirling's formula without its series, for k = 0..9.
    private static readonly double[] StirlingTails =
    [
        0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650, 0.0166446911898211,
        0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
    ];

    /// <summary>Successes in <paramref name="trials"/> trials of chance <paramref name="p"/>, 0 to 1.</summary>
    public static int Draw(ref RandomStream random, int trials, double p)
    {
        if (trials <= 0 || p <= 0)
        {
            return 0;
        }

        if (p > 0.5)
        {
            return trials - Draw(ref random, trials, 1 - p);
        }

        return trials * p < 10 ? ByInversion(ref random, trials, p) : ByRejection(ref random, trials, p);
    }

    // L. Devroye, Non-Uniform Random Variate Generation, 1986, X.4: few steps where few successes are expected.
    private static int ByInversion(ref RandomStream random, int trials, double p)
    {
        double odds = p / (1 - p);
        double start = Math.Exp(trials * Math.Log(1 - p));
        while (true)
        {
            double u = random.NextDouble();
            double mass = start;
            for (int k = 0; mass > 0; k++)
            {
                if (u < mass)
                {
                    return k;
                }

                // After the last trial the mass is 0.
                u -= mass;
                mass *= odds * (trials - k) / (k + 1);
            }
        }
    }

    // W. Hörmann, "The generation of binomial random variates", J. Statistical Computation and Simulation 46, 1993 (BTRS).
    private static int ByRejection(ref RandomStream random, int n, double p)
    {
        double spread = Math.Sqrt(n * p * (1 - p));
        double b = 1.15 + (2.53 * spread);
        double a = -0.0873 + (0.0248 * b) + (0.01 * p);
        double centre = (n * p) + 0.5;
        double accept = 0.92 - (4.2 / b);
        double alpha = (2.83 + (5.1 / b)) * spread;
        double odds = p / (1 - p);
        double mode = Math.Floor((n + 1) * p);
        while (true)
        {
            double u = random.NextDouble() - 0.5;
            double v = random.NextDouble();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + centre);
            if (us >= 0.07 && v <= accept)
            {
                return (int)k;
            }

            if (k < 0 || k > n)
            {
                continue;
            }

            v = Math.Log(v * alpha / ((a / (us * us)) + b));
            double bound = ((mode + 0.5) * Math.Log((mode + 1) / (odds * (n - mode + 1))))
                + ((n + 1) * Math.Log((n - mode + 1) / (n - k + 1)))
                + ((k + 0.5) * Math.Log(odds * (n - k + 1) / (k + 1)))
                + StirlingTail(mode) + StirlingTail(n - mode) - StirlingTail(k) - StirlingTail(n - k);
            if (v <= bound)
            {
                return (int)k;
            }
        }
    }

    /// <summary>ln k! less Stirling's formula without its series, which the series gives from 10 on.</summary>
    internal static double StirlingTail(double k)
    {
        if (k <= 9)
        {
            return StirlingTails[(int)k];
        }

        double next = k + 1;
        double square = next * next;
        return ((1.0 / 12) - (((1.0 / 360) - (1.0 / 1260 / square)) / square)) / next;
    }
}
