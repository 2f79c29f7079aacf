using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>The rates of <see cref="TokenRates"/> in the form that cleaning needs: whole tokens of one text, ranges of many.</summary>
internal static class TokenCount
{
    public static readonly int ScriptCount = Enum.GetValues<Script>().Length;

    private static readonly Estimate[] PerCharacter = [.. Enum.GetValues<Script>().Select(TokenRates.PerCharacter)];

    /// <summary>Likely tokens of so many characters of each script.</summary>
    public static int Likely(ReadOnlySpan<int> characters)
    {
        double tokens = 0;
        for (int s = 0; s < characters.Length; s++)
        {
            tokens += characters[s] * PerCharacter[s].Likely;
        }

        return Math.Max(1, (int)Math.Ceiling(tokens));
    }

    public static int LikelyLatin(int characters) => Math.Max(1, (int)Math.Ceiling(characters * PerCharacter[(int)Script.Latin].Likely));

    /// <summary>The range of a sum of likely tokens, by the main scripts of the texts.</summary>
    public static TokenRange Range(ReadOnlySpan<long> likelyByScript)
    {
        double low = 0;
        double likely = 0;
        double high = 0;
        for (int s = 0; s < likelyByScript.Length; s++)
        {
            Estimate rate = PerCharacter[s];
            likely += likelyByScript[s];
            low += likelyByScript[s] * rate.Low / rate.Likely;
            high += likelyByScript[s] * rate.High / rate.Likely;
        }

        return new TokenRange((long)low, (long)likely, (long)Math.Ceiling(high));
    }
}
