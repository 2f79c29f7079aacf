using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace FineTuneFlow.Core.Training;

/// <summary>The CSV of metrics that a fine-tuning job leaves. Columns differ between services and years, so they are found by
/// name.</summary>
public static class TrainingCurveFile
{
    private static readonly string[] TrainAccuracy = ["train_mean_token_accuracy", "train_accuracy"];
    private static readonly string[] ValidLoss = ["valid_loss", "validation_loss", "full_valid_loss"];
    private static readonly string[] ValidAccuracy =
        ["valid_mean_token_accuracy", "validation_mean_token_accuracy", "valid_accuracy", "full_valid_mean_token_accuracy"];

    public static bool TryRead(string csv, out ImmutableArray<TrainingPoint> points)
    {
        string[] lines = csv.TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] header = lines.Length == 0 ? [] : lines[0].Split(',');
        int step = Array.IndexOf(header, "step");
        if (step < 0)
        {
            points = [];
            return false;
        }

        points =
        [
            .. from line in lines.Skip(1)
               let cells = line.Split(',')
               where cells.Length > step && Number(cells[step]) is not null
               select Point((int)Number(cells[step])!.Value, name => Array.IndexOf(header, name) is var i and >= 0 && i < cells.Length ? Number(cells[i]) : null),
        ];
        return true;
    }

    public static TrainingPoint Point(int step, Func<string, double?> value) =>
        new(step, value("train_loss"), First(TrainAccuracy, value), First(ValidLoss, value), First(ValidAccuracy, value));

    /// <summary>In the columns that OpenAI writes.</summary>
    public static string Write(TrainingCurve curve)
    {
        var csv = new StringBuilder("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n");
        foreach (TrainingPoint p in curve.Points)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{p.Step},{p.TrainLoss},{p.TrainAccuracy},{p.ValidLoss},{p.ValidAccuracy}\n");
        }

        return csv.ToString();
    }

    private static double? First(string[] names, Func<string, double?> value) => names.Select(value).FirstOrDefault(v => v is not null);

    private static double? Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
}
