using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Api.Comparison;

/// <summary>Chooses rows by what one or two candidates answered.</summary>
internal sealed class RowSelection(JudgedRun run, AnswerFacts first, AnswerFacts? second)
{
    /// <param name="filter">By who has the row right.</param>
    /// <param name="label">Index of the row's label; null: any.</param>
    /// <param name="answer">Index of the first candidate's answer; null: any.</param>
    /// <param name="order">Of the places.</param>
    /// <returns>Places of the rows.</returns>
    public int[] Select(RowFilter filter, int? label, int? answer, RowOrder order)
    {
        IEnumerable<int> places = Enumerable.Range(0, run.Ids.Count).Where(place => Takes(filter, place)
            && (label is null || run.Truth[place] == label)
            && (answer is null || first.Label(place) == answer));
        return order switch
        {
            RowOrder.Confident => [.. places.OrderByDescending(place => (first.Confidence(place) ?? 0) + (second?.Confidence(place) ?? 0)).ThenBy(place => place)],
            RowOrder.Unsure => [.. places.OrderBy(place => first.Confidence(place) ?? 0).ThenBy(place => place)],
            _ => [.. places],
        };
    }

    public RowCounts Count()
    {
        (int onlyFirst, int onlySecond, int right, int wrong, int changed) = (0, 0, 0, 0, 0);
        for (int place = 0; place < run.Ids.Count; place++)
        {
            (bool one, bool other) = Right(place);
            onlyFirst += one && !other ? 1 : 0;
            onlySecond += other && !one ? 1 : 0;
            right += one && other ? 1 : 0;
            wrong += !one && !other ? 1 : 0;
            changed += Differs(place) ? 1 : 0;
        }

        return new RowCounts(run.Ids.Count, onlyFirst, onlySecond, right, wrong, changed);
    }

    public RowView View(int place, DatasetRow row) =>
        new(row.Id, row.Text, row.Label, Answer(first, place), second is null ? null : Answer(second, place));

    private RowAnswer Answer(AnswerFacts facts, int place) =>
        new(facts.Label(place) is >= 0 and var label ? run.Report.Labels.Names[label] : null, facts.Confidence(place), facts.Error(place));

    private bool Takes(RowFilter filter, int place)
    {
        (bool one, bool other) = Right(place);
        return filter switch
        {
            RowFilter.Changed => Differs(place),
            RowFilter.OnlyFirst => one && !other,
            RowFilter.OnlySecond => other && !one,
            RowFilter.BothRight => one && other,
            RowFilter.BothWrong => !one && !other,
            _ => true,
        };
    }

    // Without a second candidate the first stands for both.
    private (bool First, bool Second) Right(int place)
    {
        bool one = first.Label(place) == run.Truth[place];
        return (one, second is null ? one : second.Label(place) == run.Truth[place]);
    }

    private bool Differs(int place) => second is not null && first.Label(place) != second.Label(place);
}
