using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What <c>evaluate</c> and <c>compare</c> are given: a holdout, and how its labels are to be read.</summary>
internal sealed class EvaluationArguments
{
    public Option<string> Holdout { get; } = new("--holdout") { Description = "CSV or JSONL file with id, label and, if there, text.", Required = true, HelpName = "FILE" };

    public Option<string?> Recipe { get; } = SharedOptions.Recipe();

    public Option<string?> Order { get; } = new("--order") { Description = "Labels from worst to best, with commas; 1 to 5 are ordered without it.", HelpName = "LABELS" };

    public Option<string?> Good { get; } = new("--good") { Description = "Labels that count as good, with commas; without it the upper two fifths of ordered ones.", HelpName = "LABELS" };

    public Option<string?> Distances { get; } = new("--distances") { Description = "How far apart ordered labels are: ranks (places in the order) or values (the numbers that they are).", HelpName = "KIND" };

    public Option<string?> PredictionColumn { get; } = new("--prediction-column") { Description = "The column with the predicted label; without it prediction, predicted, pred, y_pred or output, else label.", HelpName = "NAME" };

    public Option<double> Alpha { get; } = new("--alpha") { Description = "Level of tests and intervals.", DefaultValueFactory = _ => 0.05 };

    public Option<int> Resamples { get; } = new("--resamples") { Description = "Bootstrap resamples; 0: none.", DefaultValueFactory = _ => 1000 };

    public void AddTo(Command command)
    {
        Alpha.Validators.Add(result =>
        {
            if (result.GetValue(Alpha) is not (>= 0.001 and <= 0.2))
            {
                result.AddError("--alpha is not between 0.001 and 0.2.");
            }
        });
        Resamples.Validators.Add(result =>
        {
            if (result.GetValue(Resamples) is not (>= 0 and <= 100_000))
            {
                result.AddError("--resamples is not between 0 and 100,000.");
            }
        });
        Distances.AcceptOnlyFromAmong("ranks", "values");
        foreach (Option option in (Option[])[Holdout, Recipe, PredictionColumn, Order, Good, Distances, Alpha, Resamples])
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the files and recognises the labels.</summary>
    /// <exception cref="FlowException">A file is missing or cannot be read.</exception>
    public (LabelSet Labels, IReadOnlyList<DatasetRow> Holdout, NamedPredictions[] Candidates, ScoringOptions Options) Read(
        CommandCall call, IReadOnlyList<(string Name, string File)> predictions)
    {
        string holdoutFile = RecipeFile.Existing(call.Get(Holdout)!, "holdout");
        LabelsRecipe labels = RecipeFile.Read(call.Get(Recipe)).Dataset.Labels;
        labels = labels with
        {
            Order = [.. Split(call.Get(Order), labels.Order)],
            Good = [.. Split(call.Get(Good), labels.Good)],
            Distances = call.Get(Distances) is { } distances ? Enum.Parse<LabelDistances>(distances, ignoreCase: true) : labels.Distances,
        };
        IReadOnlyList<DatasetRow> holdout = HoldoutFile.Read(Path.GetFileName(holdoutFile), () => RecipeFile.Open(holdoutFile), labels);
        string[] known = [.. holdout.Select(row => row.Label).Distinct()];
        NamedPredictions[] candidates =
        [
            .. predictions.Select(entry =>
            {
                string file = RecipeFile.Existing(entry.File, "prediction");
                string name = Path.GetFileName(file);
                return new NamedPredictions(
                    entry.Name,
                    RowIds.Align(holdout, PredictionFile.Read(name, () => RecipeFile.Open(file), known, labels, call.Get(PredictionColumn)), name));
            }),
        ];
        LabelSet set = Labels(call, holdout, candidates, labels);
        return (
            set,
            LabelRecognition.Align(set, holdout, labels),
            [.. candidates.Select(candidate => candidate with { Predictions = LabelRecognition.Align(set, candidate.Predictions, labels) })],
            Options(call));
    }

    public ScoringOptions Options(CommandCall call) => new() { Alpha = call.Get(Alpha), Resamples = call.Get(Resamples) };

    // What a recipe would be told is told of the option that was given in its place.
    private LabelSet Labels(CommandCall call, IReadOnlyList<DatasetRow> holdout, NamedPredictions[] candidates, LabelsRecipe labels)
    {
        try
        {
            return LabelRecognition.Of(holdout, candidates.SelectMany(candidate => candidate.Predictions), labels);
        }
        catch (FlowException wrong) when (wrong.Failure.Field is "dataset.labels.good" or "dataset.labels.order")
        {
            string option = wrong.Failure.Field == "dataset.labels.good" ? Good.Name : Order.Name;
            throw call.Get(wrong.Failure.Field == "dataset.labels.good" ? Good : Order) is null
                ? wrong
                : new FlowException(wrong.Failure with { Field = option, Remedy = $"Correct {option}" }, wrong);
        }
    }

    private static IEnumerable<string> Split(string? given, IEnumerable<string> otherwise) =>
        given is null ? otherwise : given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
