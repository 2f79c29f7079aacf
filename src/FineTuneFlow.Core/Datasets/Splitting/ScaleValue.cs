using System.Text.RegularExpressions;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>The place of a label on a scale, where the label is a number, with or without a unit.</summary>
internal static partial class ScaleValue
{
    /// <returns>4 for "4", "4.0", "4 stars", "4/5" and "★★★★"; null where the label is none of these.</returns>
    public static decimal? Of(string label)
    {
        if (LabelIdentity.Number(label) is { } number)
        {
            return number;
        }

        if (label.Length is > 0 and <= 10 && label.All(c => c is '★' or '⭐' or '☆'))
        {
            return label.Count(c => c != '☆');
        }

        return Unit().Match(label) is { Success: true } match ? LabelIdentity.Number(match.Groups[1].Value) : null;
    }

    [GeneratedRegex(@"^([0-9]{1,3}(?:\.[0-9]+)?) ?(?:stars?|points?|★|⭐|\*|/ ?[0-9]{1,3}|out of [0-9]{1,3})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unit();
}
