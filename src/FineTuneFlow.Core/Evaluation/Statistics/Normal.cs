namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>P(Z &lt;= z), error below 1e-14. G. West, "Better approximations to cumulative normal functions", Wilmott 2005,
    /// after J. F. Hart et al., Computer Approximations, 1968, algorithm 5666.</summary>
    public static double Cdf(double z)
    {
        double x = Math.Abs(z);
        double tail;
        if (x > 37)
        {
            tail = 0;
        }
        else if (x < 7.07106781186547)
        {
            double above = 0.0352624965998911;
            above = (above * x) + 0.700383064443688;
            above = (above * x) + 6.37396220353165;
            above = (above * x) + 33.912866078383;
            above = (above * x) + 112.079291497871;
            above = (above * x) + 221.213596169931;
            above = (above * x) + 220.206867912376;
            double below = 0.0883883476483184;
            below = (below * x) + 1.75566716318264;
            below = (below * x) + 16.064177579207;
            below = (below * x) + 86.7807322029461;
            below = (below * x) + 296.564248779674;
            below = (below * x) + 637.333633378831;
            below = (below * x) + 793.826512519948;
            below = (below * x) + 440.413735824752;
            tail = Math.Exp(-x * x / 2) * above / below;
        }
        else
        {
            double fraction = x + 0.65;
            fraction = x + (4 / fraction);
            fraction = x + (3 / fraction);
            fraction = x + (2 / fraction);
            fraction = x + (1 / fraction);
            tail = Math.Exp(-x * x / 2) / fraction / 2.506628274631;
        }

        return z > 0 ? 1 - tail : tail;
    }

    /// <summary>The z with P(Z &lt;= z) = p, 0 &lt; p &lt; 1, about 16 digits. M. J. Wichura, algorithm AS 241 (PPND16), Applied
    /// Statistics 37, 1988.</summary>
    public static double Quantile(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return q * Ratio(r, CentralAbove, CentralBelow);
        }

        double tail = q < 0 ? p : 1 - p;
        double root = Math.Sqrt(-Math.Log(tail));
        double z = root <= 5 ? Ratio(root - 1.6, MiddleAbove, MiddleBelow) : Ratio(root - 5, FarAbove, FarBelow);
        return q < 0 ? -z : z;
    }

    private static double Ratio(double x, double[] above, double[] below)
    {
        double a = 0;
        double b = 0;
        for (int i = above.Length - 1; i >= 0; i--)
        {
            a = (a * x) + above[i];
            b = (b * x) + below[i];
        }

        return a / b;
    }

    private static readonly double[] CentralAbove =
    [
        3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
        45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
    ];

    private static readonly double[] CentralBelow =
    [
        1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
        21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
    ];

    private static readonly double[] MiddleAbove =
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
    ];

    private static readonly double[] MiddleBelow =
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
        0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static readonly double[] FarAbove =
    [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
        0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static readonly double[] FarBelow =
    [
        1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];
}
