using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Questions that the form of a file raises: quotes that may have swallowed rows, and delimiters that fit equally well.</summary>
internal static class FileQuestions
{
    private const double Mostly = 0.8;

    public static IEnumerable<Finding> Of(SourceTable source)
    {
        if (source.Swallowed.Count > 0 && source.Plan.Recipe.Csv.Quote == CsvQuote.Auto && Swallowed(source) is { Count: > 0 } records)
        {
            yield return new Finding(
                "swallowed-rows",
                FindingGrade.Necessary,
                records.Sum(record => record.Lines),
                $"lines stand inside quoted cells but look like rows of their own ({records.Count} {(records.Count == 1 ? "cell" : "cells")}): a text that begins with a quote may have swallowed them",
                "Set dataset.csv.quote to none where quotes are part of the texts, or to double where these cells do hold such lines",
                [.. records.Take(FactCounts.Examples).Select(record => record.Line)])
            {
                AnsweredBy = "dataset.csv.quote",
            };
        }

        if (source.Encoding is { Guessed: true, Certainty: < EncodingGuess.Certain } guess)
        {
            yield return new Finding(
                "uncertain-encoding",
                FindingGrade.Necessary,
                source.RowsRead,
                string.Create(CultureInfo.InvariantCulture, $"rows are not UTF-8; by their letters they may be {guess.Name} (certainty {guess.Certainty:P1}) or {guess.Rival}"),
                $"Set dataset.csv.encoding to {guess.Name}, {guess.Rival} or what the file was written in",
                [])
            {
                AnsweredBy = "dataset.csv.encoding",
                Example = guess.Example,
            };
        }

        if (source.LateEncoding is { } late)
        {
            List<LeftOutRow> rows = source.LeftOutBy(RowOutcome.Encoding);
            string name = late.Guessed ? late.Name : SourceEncoding.Latin1.Name;
            yield return new Finding(
                "late-encoding",
                FindingGrade.Necessary,
                rows.Count,
                string.Create(CultureInfo.InvariantCulture, $"rows hold bytes that are not UTF-8, after a beginning that fits any encoding; by their letters the file may be {name}{(late.Guessed ? $" (certainty {late.Certainty:P1})" : "")}"),
                $"Set dataset.csv.encoding to {name} or what the file was written in, or to utf-8 to have these rows left out",
                [.. rows.Take(FactCounts.Examples).Select(row => row.Line)])
            {
                AnsweredBy = "dataset.csv.encoding",
                Example = late.Example,
            };
        }

        if (source.Reading.RivalDelimiter is { } rival && source.Plan.Recipe.Csv.Delimiter is null)
        {
            yield return new Finding(
                "delimiter-tie",
                FindingGrade.Necessary,
                source.RowsRead,
                $"rows are split as evenly by {rival} as by {source.Source.Delimiter}, which was taken",
                $"Set dataset.csv.delimiter to {source.Source.Delimiter} or {rival}",
                [])
            {
                AnsweredBy = "dataset.csv.delimiter",
            };
        }
    }

    /// <summary>Records in whose lines nearly every would-be label is a label of the data, or comes again among them.</summary>
    private static List<SwallowedRows> Swallowed(SourceTable source)
    {
        var known = source.Labels.Select(LabelIdentity.Of).ToHashSet(StringComparer.Ordinal);
        foreach (var again in source.Swallowed.SelectMany(record => record.Labels).GroupBy(label => label).Where(group => group.Count() > 2))
        {
            known.Add(again.Key);
        }

        return [.. source.Swallowed.Where(record => record.Labels.Count(label => label.Length > 0 && known.Contains(label)) >= record.Labels.Length * Mostly)];
    }
}
