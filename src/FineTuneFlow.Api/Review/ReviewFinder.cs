using System.Collections.Immutable;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Review;

/// <summary>One queue of rows to look at: what people have said against a label, suspects, rows on which models disagree, rows of which
/// the best one is least sure. A row stands in it once, with the strongest reason; of nearly equal texts one stands for all.</summary>
public sealed class ReviewFinder(IBlobStore blobs, JudgedRuns judgedRuns, FeedbackStore feedback, CorrectionStore corrections)
{
    /// <summary>Rows of one reason: more than a person looks at in a sitting.</summary>
    private const int Most = 150;

    private static readonly NearDuplicatesRecipe Near = new();

    /// <returns>All rows, in the order in which they are to be looked at.</returns>
    public async Task<ImmutableArray<ReviewRow>> ForAsync(RunReport report, ReviewSource source, CancellationToken cancellation)
    {
        Dictionary<string, Correction> decided = (await corrections.ListAsync(report.RunId, cancellation)).Corrections.ToDictionary(one => one.Row, StringComparer.Ordinal);
        var found = new List<ReviewRow>();
        if (source is ReviewSource.All or ReviewSource.Feedback)
        {
            found.AddRange(await AgainstAsync(report, decided, cancellation));
        }

        if (source is ReviewSource.All or ReviewSource.Suspects && report.Suspects is { } suspects)
        {
            found.AddRange(suspects.Rows.Take(Most).Select(row => new ReviewRow(
                row.Id, Split.Test, row.Text, row.Label, ReviewReason.Suspect, [new ReviewVoice($"{row.Agreeing} models", row.Suggested, row.Confidence)], [], null)));
        }

        string[] best = [.. report.Candidates.Where(one => one.Metrics is not null).Select(one => one.Name)];
        if (source is not (ReviewSource.Feedback or ReviewSource.Suspects) && best.Length > 0)
        {
            JudgedRun run = await judgedRuns.LoadAsync(report, cancellation);
            AnswerFacts first = run.Answers(best[0]);
            AnswerFacts? second = best.Length > 1 ? run.Answers(best[1]) : null;
            if (source is not ReviewSource.Unsure && second is not null)
            {
                found.AddRange(await JudgedAsync(new RowSelection(run, first, second), run, RowFilter.Changed, RowOrder.Confident, ReviewReason.Disagree, best, cancellation));
            }

            if (source is not ReviewSource.Disagree)
            {
                found.AddRange(await JudgedAsync(new RowSelection(run, first, null), run, RowFilter.All, RowOrder.Unsure, ReviewReason.Unsure, best, cancellation));
            }
        }

        return Fold([.. found.DistinctBy(row => row.Id).Select(row => row with { Corrected = decided.GetValueOrDefault(row.Id) })]);
    }

    /// <summary>Of texts that are nearly the same the first stands for the others.</summary>
    private static ImmutableArray<ReviewRow> Fold(List<ReviewRow> rows)
    {
        ImmutableArray<int> first = NearTexts.FirstOf([.. rows.Select(row => row.Text)], Near);
        ILookup<int, string> alike = Enumerable.Range(0, rows.Count).Where(i => first[i] != i).ToLookup(i => first[i], i => rows[i].Id);
        return [.. Enumerable.Range(0, rows.Count).Where(i => first[i] == i).Select(i => rows[i] with { Alike = [.. alike[i]] })];
    }

    private static async Task<IEnumerable<ReviewRow>> JudgedAsync(
        RowSelection selection, JudgedRun run, RowFilter filter, RowOrder order, ReviewReason why, string[] names, CancellationToken cancellation)
    {
        int[] places = [.. selection.Select(filter, null, null, order).Take(Most)];
        IReadOnlyList<DatasetRow> texts = await run.TextsAsync(places, cancellation);
        return places.Zip(texts, (place, row) =>
        {
            RowView view = selection.View(place, row);
            IEnumerable<(string Name, RowAnswer? Answer)> answers = [(names[0], view.First), (names.Length > 1 ? names[1] : "", view.Second)];
            return new ReviewRow(
                row.Id, Split.Test, row.Text, row.Label, why,
                [.. answers.Where(one => one.Answer?.Label is not null).Select(one => new ReviewVoice(one.Name, one.Answer!.Label!, one.Answer.Confidence))], [], null);
        });
    }

    /// <summary>Rows to whose text a person has given another label, unless that is settled by a correction.</summary>
    private async Task<IEnumerable<ReviewRow>> AgainstAsync(RunReport report, Dictionary<string, Correction> decided, CancellationToken cancellation)
    {
        Dictionary<string, Feedback> said = (await feedback.ListAsync(report.Project, cancellation)).Select(one => one.Feedback)
            .GroupBy(one => TextId.Of(one.Text)).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var found = new List<ReviewRow>();
        foreach (Split split in said.Count == 0 ? [] : Enum.GetValues<Split>())
        {
            BlobPath path = RunPaths.Rows(report.RunId, split);
            await using BlobRead? file = await blobs.OpenAsync(path, cancellation);
            foreach (DatasetRow row in file is null ? [] : DatasetFiles.ReadRows(file.Content, path.Name))
            {
                if (said.TryGetValue(Lineage.TextOf(row.Id), out Feedback? one) && one.Label != row.Label && !IsSettled(row, one))
                {
                    found.Add(new ReviewRow(row.Id, split, row.Text, row.Label, ReviewReason.Feedback, [new ReviewVoice(one.By ?? "feedback", one.Label, null)], [], null));
                }
            }
        }

        return found.OrderByDescending(row => said[Lineage.TextOf(row.Id)].At).Take(Most);

        bool IsSettled(DatasetRow row, Feedback one) => decided.TryGetValue(row.Id, out Correction? known) && (known.Label == one.Label || known.At >= one.At);
    }
}
