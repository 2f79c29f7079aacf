using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf predict --model</c>: a text, or every row of a file, put to a model in this process.</summary>
internal static class OfflinePrediction
{
    /// <summary>Texts between two looks at the progress and at Ctrl-C.</summary>
    private const int Piece = 512;

    public static void Answer(OfflineModel model, string text, CommandCall call)
    {
        double[] probabilities = model.Probabilities([text], call.Cancellation)[0];
        var answer = new OfflineAnswer(
            model.Labels[Best(probabilities)], model.Labels.Zip(probabilities, KeyValuePair.Create).ToImmutableSortedDictionary(StringComparer.Ordinal));
        call.Terminal.Answer(answer, writer =>
        {
            writer.WriteLine($"{answer.Label}  {Say.Percent(probabilities.Max())}");
            foreach ((string label, double probability) in answer.Probabilities.Where(pair => pair.Key != answer.Label).OrderByDescending(pair => pair.Value).Take(4))
            {
                writer.WriteLine($"  {label}  {Say.Percent(probability)}");
            }
        });
    }

    /// <summary>Writes a row for each text, in their order: its number, the label and the probability of each label. A row without a
    /// text gets none. The file is moved into place whole.</summary>
    public static void Answer(OfflineModel model, ImmutableArray<string> texts, string output, CommandCall call)
    {
        string part = output + ".part";
        int empty = 0;
        using (var csv = new StreamWriter(part) { NewLine = "\r\n" })
        {
            csv.WriteLine(string.Join(',', ["row", "label", .. model.Labels.Select(label => PredictionBatch.Cell($"p_{label}"))]));
            using ProgressLine progress = call.Terminal.Progress($"Asking for {Path.GetFileName(output)}", "rows");
            for (int from = 0; from < texts.Length; from += Piece)
            {
                string[] piece = [.. texts.Skip(from).Take(Piece)];
                var answers = new Queue<double[]>(model.Probabilities([.. piece.Where(text => !string.IsNullOrWhiteSpace(text))], call.Cancellation));
                for (int i = 0; i < piece.Length; i++)
                {
                    double[]? answer = string.IsNullOrWhiteSpace(piece[i]) ? null : answers.Dequeue();
                    empty += answer is null ? 1 : 0;
                    csv.WriteLine(Row(from + i + 1, answer, model.Labels));
                }

                progress.Report(from + piece.Length, texts.Length);
            }
        }

        File.Move(part, output, overwrite: true);
        var done = new BatchAnswer(texts.Length, 0, empty, 0);
        call.Terminal.Answer(done, writer => writer.WriteLine($"{output}: {done.Rows:N0} rows, {done.Errors:N0} of them without a text."));
    }

    private static string Row(int number, double[]? probabilities, ImmutableArray<string> labels) => probabilities is null
        ? number.ToString(CultureInfo.InvariantCulture) + new string(',', labels.Length + 1)
        : string.Join(',', [$"{number}", PredictionBatch.Cell(labels[Best(probabilities)]), .. probabilities.Select(p => p.ToString("0.######", CultureInfo.InvariantCulture))]);

    private static int Best(double[] probabilities) => Array.IndexOf(probabilities, probabilities.Max());
}

/// <summary>The answer of <c>ftf predict TEXT --model M --json</c>.</summary>
internal sealed record OfflineAnswer(string Label, ImmutableSortedDictionary<string, double> Probabilities);
