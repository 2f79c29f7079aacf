using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Workflow.Containers;

/// <summary>Reads what a container has written. Scoring is ours: only ids and probabilities are taken from it.</summary>
public static class ContainerOutputs
{
    private static readonly string[] CurveColumns = ["step", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy"];

    /// <summary>The predictions, checked line by line. Rows that the container left out are simply not there: they are counted as
    /// missing where scores are made.</summary>
    /// <param name="jsonl">Lines <c>{"id": …, "probabilities": {label: p}}</c>.</param>
    /// <param name="labels">The data set's labels; probabilities of other names count as <see cref="Prediction.OtherMass"/>.</param>
    /// <exception cref="FlowException">JobFailed: not of the contract, with the line.</exception>
    public static IReadOnlyList<Prediction> ReadPredictions(Stream jsonl, LabelSet labels)
    {
        var predictions = new List<Prediction>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var reader = new StreamReader(jsonl, leaveOpen: true);
        for (long number = 1; reader.ReadLine() is { } text; number++)
        {
            if (text.Length == 0)
            {
                continue;
            }

            Line line = Parse(text, number);
            if (!seen.Add(line.Id!))
            {
                throw Wrong(ContainerFiles.Predictions, number, "the row is predicted twice");
            }

            predictions.Add(Of(line, labels, number));
        }

        return predictions;
    }

    /// <summary>The training curve from <c>metrics.csv</c>, its columns found by the header; cells may be empty.</summary>
    /// <exception cref="FlowException">JobFailed: no step column, or a cell that is not a number.</exception>
    public static TrainingCurve ReadCurve(Stream csv)
    {
        using var reader = new StreamReader(csv, leaveOpen: true);
        string[] header = (reader.ReadLine() ?? "").Split(',');
        int[] columns = [.. CurveColumns.Select(name => Array.IndexOf(header, name))];
        if (columns[0] < 0)
        {
            throw Wrong(ContainerFiles.Metrics, 1, "there is no column step");
        }

        var points = ImmutableArray.CreateBuilder<TrainingPoint>();
        for (long number = 2; reader.ReadLine() is { } text; number++)
        {
            if (text.Length == 0)
            {
                continue;
            }

            string[] cells = text.Split(',');
            double? Cell(int which)
            {
                int column = columns[which];
                string cell = column >= 0 && column < cells.Length ? cells[column] : "";
                return cell.Length == 0 ? null
                    : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
                    : throw Wrong(ContainerFiles.Metrics, number, $"the cell of column {header[column]} is not a number");
            }

            int step = Cell(0) is { } at ? (int)at : throw Wrong(ContainerFiles.Metrics, number, "the step is empty");
            points.Add(new TrainingPoint(step, Cell(1), Cell(2), Cell(3), Cell(4)));
        }

        return new TrainingCurve(points.ToImmutable(), []);
    }

    private static Prediction Of(Line line, LabelSet labels, long number)
    {
        double all = 0;
        double known = 0;
        foreach ((string label, double p) in line.Probabilities!)
        {
            if (!(p >= 0 && p <= 1.000001))
            {
                throw Wrong(ContainerFiles.Predictions, number, "a probability is not between 0 and 1");
            }

            all += p;
            known += labels.IndexOf(label) >= 0 ? p : 0;
        }

        if (known <= 0)
        {
            return new Prediction { Id = line.Id!, Error = PredictionError.Unparsable };
        }

        // In the labels' order, so that a tie goes to the same label on every machine.
        var normalised = labels.Names.Select(name => (Name: name, P: line.Probabilities.GetValueOrDefault(name) / known)).ToArray();
        return new Prediction
        {
            Id = line.Id!,
            Label = normalised.MaxBy(entry => entry.P).Name,
            Probabilities = normalised.ToImmutableSortedDictionary(entry => entry.Name, entry => entry.P, StringComparer.Ordinal),
            OtherMass = Math.Clamp(all - known, 0, 1),
        };
    }

    private static Line Parse(string text, long number)
    {
        try
        {
            Line? line = JsonSerializer.Deserialize<Line>(text, FlowJson.Compact);
            return line is { Id.Length: > 0, Probabilities.Count: > 0 } ? line : throw Wrong(ContainerFiles.Predictions, number, "id or probabilities are missing");
        }
        catch (JsonException)
        {
            throw Wrong(ContainerFiles.Predictions, number, "the line is not JSON of the contract");
        }
    }

    private static FlowException Wrong(string file, long line, string message) =>
        new(new Failure(FailureKind.JobFailed, message, "The container does not keep to docs/baseline-contract.md.", new SourceLocation(file, line)));

    private sealed record Line(string? Id, Dictionary<string, double>? Probabilities);
}
