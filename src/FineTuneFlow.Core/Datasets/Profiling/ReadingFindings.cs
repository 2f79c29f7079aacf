using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings about the file as it came: its encoding, line ends and quotes.</summary>
internal static class ReadingFindings
{
    public static IEnumerable<Finding> Of(SourceTable source)
    {
        ReadingProfile reading = source.Reading;
        long broken = source.LeftOut.Count(l => l.Outcome == RowOutcome.Encoding);
        if (broken > 0 && source.LateEncoding is null)
        {
            yield return new Finding(
                "wrong-encoding",
                FindingGrade.Necessary,
                broken,
                "rows hold bytes that are not UTF-8 and were left out",
                "Save the file as UTF-8, or name its encoding (dataset.csv.encoding) if all of it is in another one",
                [.. source.LeftOut.Where(l => l.Outcome == RowOutcome.Encoding).Take(FactCounts.Examples).Select(l => l.Line)]);
        }

        if (source.Plan.Recipe.Csv.Header && source.Labels.Contains(LabelReader.Tidy(source.Plan.Recognised.Label)))
        {
            yield return new Finding(
                "header-looks-like-a-row",
                FindingGrade.Necessary,
                1,
                $"line was taken for the header, but the name of its label column, \"{source.Plan.Recognised.Label}\", is a label of the rows too",
                "Where the first line is a row, set dataset.csv.header to false (ftf: --no-header); else rename the column",
                [1]);
        }

        if (source.Encoding is { Guessed: true, Certainty: >= EncodingGuess.Certain } guess)
        {
            yield return new Finding(
                guess.Name == SourceEncoding.Latin1.Name ? "latin-1" : "guessed-encoding",
                FindingGrade.Advisable,
                source.RowsRead,
                string.Create(CultureInfo.InvariantCulture, $"rows are not UTF-8 and were read as {guess.Name}{(guess.Name == SourceEncoding.Latin1.Name ? " (Windows-1252)" : "")}, told by their letters with a certainty of {guess.Certainty:P1}"),
                "Nothing where the texts look right; else set dataset.csv.encoding",
                [])
            {
                Example = guess.Example,
            };
        }

        int kinds = (reading.LinesCrLf > 0 ? 1 : 0) + (reading.LinesLf > 0 ? 1 : 0) + (reading.LinesCr > 0 ? 1 : 0);
        if (kinds > 1)
        {
            yield return new Finding(
                "mixed-line-ends",
                FindingGrade.Advisable,
                source.RowsRead,
                $"records end in different ways: CR LF {reading.LinesCrLf}, LF {reading.LinesLf}, CR {reading.LinesCr}",
                "Nothing where the row count is right; else look for unquoted cells with line breaks",
                []);
        }

        if (reading.QuotesInUnquotedCells > 0)
        {
            yield return new Finding(
                "quotes-in-unquoted-cells",
                FindingGrade.Advisable,
                reading.QuotesInUnquotedCells,
                "cells hold quotes but are not quoted; the quotes were read as text",
                "Nothing where the texts look right in train.jsonl",
                []);
        }

        if (reading.TextAfterClosingQuote > 0)
        {
            yield return new Finding(
                "text-after-closing-quote",
                FindingGrade.Advisable,
                reading.TextAfterClosingQuote,
                "cells go on behind their closing quote; that text was kept",
                "Double the quotes inside quoted cells",
                []);
        }

        if (reading.RecordsAboveHeader > 0)
        {
            yield return new Finding(
                "lines-above-header",
                FindingGrade.Advisable,
                reading.RecordsAboveHeader,
                (reading.RecordsAboveHeader == 1 ? "line above the header was" : "lines above the header were") + " left out: a title, or the separator that Excel names there",
                "Nothing where the column names are right; dataset.csv.header: false reads every line as a row",
                []);
        }

        if (reading.IndexColumn is { } index)
        {
            yield return new Finding(
                "index-column",
                FindingGrade.Advisable,
                source.RowsRead,
                $"rows have one cell more than the header; the first was taken for an index and named \"{index}\"",
                "Nothing where text and label are right; else complete the header",
                []);
        }

        if (reading.ShortRows > 0)
        {
            yield return new Finding(
                "short-rows",
                FindingGrade.Advisable,
                reading.ShortRows,
                "rows end before the last columns; the missing cells were read as empty",
                "Nothing where the program that wrote the file leaves out empty cells",
                []);
        }

        if (source.Plan.TextEnding.Length + source.Plan.LabelEnding.Length > 0)
        {
            yield return new Finding(
                "prompt-ending",
                FindingGrade.Advisable,
                source.RowsRead,
                $"rows are a training file: what all prompts end in ({JsonText.Shown(source.Plan.TextEnding)}) and all completions ({JsonText.Shown(source.Plan.LabelEnding)}) was taken off",
                "Nothing: a run writes the endings that its models want",
                []);
        }

        if (reading.SingleQuotes)
        {
            yield return new Finding(
                "single-quotes",
                FindingGrade.Advisable,
                source.RowsRead,
                "rows come from a file that quotes cells by ' instead of \"; it was read so",
                "Nothing where the texts look right; dataset.csv.quote says otherwise",
                []);
        }

        if (reading.BackslashEscapedQuotes)
        {
            yield return new Finding(
                "backslash-quotes",
                FindingGrade.Advisable,
                source.RowsRead,
                "rows come from a file that escapes quotes by a backslash (\\\") instead of doubling them; they were read as quotes",
                "Nothing where the texts look right; RFC 4180 doubles quotes",
                []);
        }
    }
}
