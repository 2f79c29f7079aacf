using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Several candidates scored on the same holdout rows, with all comparisons between them.</summary>
public sealed class Scorecard
{
    private readonly HoldoutTable _table;
    private readonly AnswerColumn[] _columns;

    private Scorecard(HoldoutTable table, ImmutableArray<string> names, AnswerColumn[] columns)
    {
        _table = table;
        _columns = columns;
        Names = names;
    }

    /// <summary>The candidates' names, in the order given.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Their scores, in that order.</summary>
    public required ImmutableArray<Metrics> Metrics { get; init; }

    /// <summary>Every pair of candidates by every score that both have.</summary>
    public required ImmutableArray<PairedComparison> Comparisons { get; init; }

    /// <inheritdoc cref="Scoring.Score"/>
    public static Scorecard Of(
        LabelSet labels, IReadOnlyList<DatasetRow> holdout, IReadOnlyList<NamedPredictions> candidates, ScoringOptions? options = null)
    {
        options ??= ScoringOptions.Default;
        var table = new HoldoutTable(labels, holdout);
        var columns = new AnswerColumn[candidates.Count];
        var probabilities = new ProbabilityColumn?[candidates.Count];
        Parallel.For(0, columns.Length, i =>
        {
            columns[i] = new AnswerColumn(table, candidates[i].Predictions);
            probabilities[i] = ProbabilityColumn.Of(table, columns[i], options);
        });
        var bootstrap = new JointBootstrap(table.Scale, table.Truth, [.. columns.Select(column => column.Answers)], options);
        ImmutableArray<Slice> slices = options.Slices ? Slicing.Of(table, options) : [];
        var metrics = new Metrics[columns.Length];
        Parallel.For(0, columns.Length, i =>
            metrics[i] = new MetricsBuilder(table, columns[i], probabilities[i], options).Build(bootstrap, i, slices));
        ImmutableArray<string> names = [.. candidates.Select(candidate => candidate.Name)];
        return new Scorecard(table, names, columns)
        {
            Metrics = [.. metrics],
            Comparisons = new ComparisonBuilder(table, names, columns, probabilities, metrics, bootstrap, options).Build(),
        };
    }

    /// <summary>Rows on which two candidates disagree, the most confident disagreements first.</summary>
    /// <param name="first">Index of a candidate.</param>
    /// <param name="second">Index of another.</param>
    /// <param name="most">Rows at the most.</param>
    public ImmutableArray<Disagreement> Disagreements(int first, int second, int most) =>
        Disagreement.Find(_table, _columns[first], _columns[second], most);

    /// <summary>Rows whose label all the given candidates contradict with the same answer: labels to look at again, the most
    /// certain first.</summary>
    /// <param name="candidates">Indices of the candidates whose judgement counts.</param>
    public ImmutableArray<LabelSuspect> Suspects(IReadOnlyList<int> candidates) =>
        LabelSuspect.Find(_table, [.. candidates.Select(i => _columns[i])]);
}
