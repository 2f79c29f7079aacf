using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Trainer.Data;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>The data of an execution.</summary>
/// <param name="Labels">Worst to best where they have an order.</param>
/// <param name="Train">At least two labels occur.</param>
/// <param name="Validation">May be empty.</param>
/// <param name="Texts">To be predicted.</param>
/// <param name="Hash">Of all that is trained with.</param>
internal sealed record WorkInputs(
    string[] Labels, List<(string Text, int Label)> Train, List<(string Text, int Label)> Validation, List<(string Id, string Text)> Texts, string Hash)
{
    /// <exception cref="FlowException">InvalidInput: not of the contract, or nothing to learn from.</exception>
    public static async Task<WorkInputs> ReadAsync(JobSettings settings, IWorkStorage storage, CancellationToken stop)
    {
        string labelsFile = await storage.InputAsync(settings.Labels, stop);
        string trainFile = await storage.InputAsync(settings.Train, stop);
        string validationFile = await storage.InputAsync(settings.Validation, stop);
        string textsFile = await storage.InputAsync(settings.Texts, stop);
        string[] labels = InputRows.Labels(labelsFile);
        List<(string Text, int Label)> train = InputRows.Labelled(trainFile, "train.jsonl", labels);
        if (train.Select(row => row.Label).Distinct().Take(2).Count() < 2)
        {
            throw new FlowException(
                FailureKind.InvalidInput, train.Count == 0 ? "There are no rows to train on" : "All rows to train on have the same label: there is nothing to tell apart", "Use a data set in which two labels or more occur");
        }

        var hash = new StringBuilder();
        foreach (string file in new[] { labelsFile, trainFile, validationFile })
        {
            await using FileStream content = File.OpenRead(file);
            hash.Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stop)));
        }

        return new WorkInputs(labels, train, InputRows.Labelled(validationFile, "validation.jsonl", labels), InputRows.Texts(textsFile, "texts.jsonl"), hash.ToString());
    }
}
