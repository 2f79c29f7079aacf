using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>metrics.csv.</summary>
internal static class CurveFile
{
    public static string Write(IEnumerable<TrainingPoint> points)
    {
        var csv = new StringBuilder("step,train_loss,train_accuracy,valid_loss,valid_accuracy\n");
        foreach (TrainingPoint point in points)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{point.Step},{Cell(point.TrainLoss)},{Cell(point.TrainAccuracy)},{Cell(point.ValidLoss)},{Cell(point.ValidAccuracy)}\n");
        }

        return csv.ToString();
    }

    private static string Cell(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
