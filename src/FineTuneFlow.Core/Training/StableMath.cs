namespace FineTuneFlow.Core.Training;

/// <summary>Exponential and logarithm from additions, multiplications and divisions alone. IEEE 754 fixes those to the last
/// bit, while the exp and log of a platform's library differ in it between processors: with these, the same rows and seed
/// give the same model on every machine.</summary>
public static class StableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Log2E = 1.44269504088896338700e+00;

    /// <summary>e to the power of x; 0 below -700, infinity above 709. Relative error below 1e-15.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        if (x > 709)
        {
            return double.PositiveInfinity;
        }

        double k = Math.Floor((x * Log2E) + 0.5);
        double r = x - (k * Ln2High) - (k * Ln2Low);
        double sum = 1.0;
        for (int n = 13; n >= 1; n--)
        {
            sum = 1.0 + (r * sum / n);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
    }

    /// <summary>Natural logarithm of a positive normal number. Relative error below 1e-14.</summary>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        // ln m = 2 artanh(z), z = (m - 1) / (m + 1), |z| < 0.172
        double z = (mantissa - 1) / (mantissa + 1);
        double square = z * z;
        double sum = 0;
        for (int n = 23; n >= 1; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * z * sum));
    }
}
