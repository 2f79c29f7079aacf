using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings that only the owner of the file can answer. A check lists them; whatever would spend time or money stops.</summary>
internal static class OpenQuestions
{
    /// <summary>The questions that the file itself raises, before its rows are arranged.</summary>
    public static ImmutableArray<Finding> Of(SourceTable source) => [.. FileQuestions.Of(source), .. source.Plan.Questions, .. LabelFindings.Questions(source)];

    /// <exception cref="FlowException">A question is open: the first one with its remedy, the others in the message.</exception>
    public static void Stop(IEnumerable<Finding> findings, string file)
    {
        Finding[] open = [.. findings.Where(finding => finding.AnsweredBy is not null)];
        if (open is [var first, .. var others])
        {
            string more = others.Length == 0 ? "" : "; also " + string.Join("; ", others.Select(Sentence));
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                Sentence(first) + more,
                first.Remedy,
                new SourceLocation(file, first.Lines.IsEmpty ? null : first.Lines[0]),
                Field: first.AnsweredBy));
        }
    }

    private static string Sentence(Finding finding) => FormattableString.Invariant($"{finding.Count:N0} {finding.Message}");
}
