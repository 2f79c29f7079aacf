using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Texts that were cut before they came here: many of exactly the greatest length, or ending in an ellipsis.</summary>
internal static class TruncationFindings
{
    private const int LeastRows = 10;
    private const int LeastLength = 100;

    public static IEnumerable<Finding> Of(ArrangedTable arranged)
    {
        RowTable rows = arranged.Source.Rows;
        int greatest = 0;
        long count = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Characters > greatest)
            {
                greatest = rows[i].Characters;
                count = 0;
            }

            count += rows[i].Characters == greatest ? 1 : 0;
        }

        // Texts of natural lengths rarely share the greatest one.
        if (count >= LeastRows && greatest >= LeastLength && greatest != arranged.Source.Plan.Recipe.Cleaning.MaxCharacters)
        {
            yield return new Finding(
                "truncated-at-source",
                FindingGrade.Advisable,
                count,
                string.Create(CultureInfo.InvariantCulture, $"texts have exactly {greatest} characters, the greatest length: they were probably cut before"),
                "Export the full texts if they can be had",
                LinesOf(rows, greatest));
        }

        long ellipsis = arranged.Source.Facts[TextFacts.EndsInEllipsis];
        if (ellipsis * 20 > rows.Count && ellipsis >= LeastRows)
        {
            yield return new Finding(
                "ends-in-ellipsis",
                FindingGrade.Advisable,
                ellipsis,
                "texts end in an ellipsis: some may have been cut before",
                "Export the full texts if they can be had",
                arranged.Source.Facts.Lines(TextFacts.EndsInEllipsis));
        }
    }

    private static ImmutableArray<long> LinesOf(RowTable rows, int length)
    {
        var lines = ImmutableArray.CreateBuilder<long>();
        for (int i = 0; i < rows.Count && lines.Count < FactCounts.Examples; i++)
        {
            if (rows[i].Characters == length)
            {
                lines.Add(rows[i].Line);
            }
        }

        return lines.ToImmutable();
    }
}
