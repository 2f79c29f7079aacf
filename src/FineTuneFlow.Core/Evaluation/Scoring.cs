using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Scores predictions against a holdout.</summary>
public static class Scoring
{
    /// <summary>One candidate's scores. Rows and predictions come in any order and are joined by id; the result is the same to the
    /// last digit for every order. A prediction whose id the holdout lacks is counted and left out; a row answered twice counts once,
    /// or as unanswered where the answers differ; a row without an answer is wrong.</summary>
    /// <exception cref="Failures.FlowException">The holdout is empty, has an id twice, or a label outside
    /// <paramref name="labels"/>.</exception>
    public static Metrics Score(
        LabelSet labels, IReadOnlyList<DatasetRow> holdout, IReadOnlyList<Prediction> predictions, ScoringOptions? options = null) =>
        Scorecard.Of(labels, holdout, [new NamedPredictions("candidate", predictions)], options).Metrics[0];
}
