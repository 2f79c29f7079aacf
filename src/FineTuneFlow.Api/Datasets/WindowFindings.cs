using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Api.Datasets;

/// <summary>Findings about texts that are longer than what a model of the recipe takes.</summary>
public static class WindowFindings
{
    private const int Examples = 10;

    /// <summary>The profile with a necessary finding for each such model, behind the necessary ones that it has.</summary>
    public static DatasetProfile Add(DatasetProfile profile, Quote quote)
    {
        ImmutableArray<Finding> found =
        [
            .. quote.Candidates.Select(candidate => candidate.Model).Distinct(StringComparer.Ordinal).Select(model => Of(profile.LongTexts, model)).OfType<Finding>(),
        ];
        int necessary = profile.Findings.Count(finding => finding.Grade == FindingGrade.Necessary);
        return found.IsEmpty ? profile : profile with { Findings = profile.Findings.InsertRange(necessary, found) };
    }

    private static Finding? Of(ImmutableArray<LongText> texts, string model)
    {
        if (ModelBook.Default.WindowOf(model) is not { } window)
        {
            return null;
        }

        LongText[] longer = [.. texts.Where(text => text.Tokens > window)];
        return longer.Length == 0 ? null : new Finding(
            "longer-than-window",
            FindingGrade.Necessary,
            longer.Length,
            string.Create(
                CultureInfo.InvariantCulture,
                $"texts are longer than the {window:N0} tokens that {model} takes{(longer.Length == texts.Length ? " (the longest are counted, there may be more)" : "")}: they are cut or refused"),
            "Set dataset.cleaning.maxTokens, which shortens or rejects them, or choose a model that takes more",
            [.. longer.Take(Examples).Select(text => text.Line)]);
    }
}
