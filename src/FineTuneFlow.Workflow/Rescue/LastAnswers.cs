using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Rescue;

/// <summary>Records what a model answers, with probabilities, while it still does: line by line into a file that says what is left to
/// ask when the recording goes on later.</summary>
public sealed class LastAnswers(ModelThrottle throttle, PriceBook prices)
{
    /// <summary>What the questions that are left would cost, before any is asked.</summary>
    /// <returns>USD; null: no price is listed.</returns>
    public double? Price(ProviderFacts provider, string model, QuestionComposer composer, IReadOnlyCollection<DatasetRow> rows, LabelSet labels)
    {
        string family = ModelName.FamilyOf(model);
        double prompt = TokenCounter.For(model) is { } counter
            ? composer.PromptTokens(counter, rows.Select(row => row.Text))
            : TextSize.Of(rows.Select(row => row.Text)).Tokens().High + (20.0 * rows.Count);
        double completion = QuestionComposer.AnswerTokens(labels) * (double)rows.Count;
        return prices.Asking(provider.PriceKey, family, tuned: true)?.Usd(prompt, completion);
    }

    /// <summary>Rows that the file has an answer of are not asked again.</summary>
    /// <param name="file">JSON lines of predictions; not there yet: none.</param>
    /// <param name="rows">All that are wanted.</param>
    public static IReadOnlyList<DatasetRow> Left(string file, IReadOnlyList<DatasetRow> rows)
    {
        if (!File.Exists(file))
        {
            return rows;
        }

        var had = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(file))
        {
            try
            {
                had.Add(JsonSerializer.Deserialize<Prediction>(line, FlowJson.Compact)!.Id);
            }
            catch (JsonException)
            {
                // The last line of a recording that was killed while it wrote: its row is asked again.
            }
        }

        return [.. rows.Where(row => !had.Contains(row.Id))];
    }

    /// <summary>Asks for all rows, as fast as the service takes them, and writes each answer when it comes.</summary>
    /// <param name="provider">Where the model is.</param>
    /// <param name="model">As it is asked.</param>
    /// <param name="composer">The form in which it was trained.</param>
    /// <param name="labels">What it may answer.</param>
    /// <param name="rows">Those that are left.</param>
    /// <param name="file">Appended to.</param>
    /// <param name="progress">Rows done.</param>
    /// <param name="cancellation">Gives up; what was answered is kept.</param>
    /// <exception cref="FlowException">The service does not answer any more.</exception>
    public async Task RecordAsync(
        IFineTuningProvider provider,
        string model,
        QuestionComposer composer,
        LabelSet labels,
        IReadOnlyList<DatasetRow> rows,
        string file,
        IProgress<int> progress,
        CancellationToken cancellation)
    {
        EndLine(file);
        await using var written = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read));
        using var turn = new SemaphoreSlim(1);
        int done = 0;
        await Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation },
            // What is under way when another question fails is waited for: it is paid for.
            async (row, _) =>
            {
                Prediction prediction = await AskAsync(provider, model, composer, labels, row, cancellation);
                await turn.WaitAsync(CancellationToken.None);
                try
                {
                    await written.WriteLineAsync(JsonSerializer.Serialize(prediction, FlowJson.Compact));
                    await written.FlushAsync(CancellationToken.None);
                    progress.Report(++done);
                }
                finally
                {
                    turn.Release();
                }
            });
    }

    private async Task<Prediction> AskAsync(
        IFineTuningProvider provider, string model, QuestionComposer composer, LabelSet labels, DatasetRow row, CancellationToken cancellation)
    {
        try
        {
            return AnswerParser.Parse(row.Id, labels, await throttle.AskAsync(provider, composer.Ask(model, row.Text), cancellation), composer.Style);
        }
        catch (FlowException refused) when (refused.Failure.Kind == FailureKind.InvalidInput)
        {
            return new Prediction { Id = row.Id, Error = PredictionError.Failed };
        }
    }

    /// <summary>A line that a kill has cut short must not swallow the next one.</summary>
    private static void EndLine(string file)
    {
        if (File.Exists(file))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            if (stream.Length > 0)
            {
                stream.Seek(-1, SeekOrigin.End);
                if (stream.ReadByte() != '\n')
                {
                    stream.WriteByte((byte)'\n');
                }
            }
        }
    }
}
