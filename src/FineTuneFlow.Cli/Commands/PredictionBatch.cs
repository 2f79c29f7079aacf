using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Cli.Commands;

/// <summary>Asks a champion for every row of a file, each once: answers are appended to a file beside the output as they come, and a
/// second start goes on behind the last whole line. A piece that was asked when the command died is asked under the same key, under
/// which the host has kept its answers.</summary>
internal sealed class PredictionBatch(HostClient client, string path, string? version, ImmutableArray<string> texts, string output, string key)
{
    private const int Piece = 200;

    public async Task<BatchAnswer> RunAsync(Terminal terminal, CancellationToken cancellation)
    {
        string part = output + ".part";
        List<PredictionAnswer> answers = Before(part);
        int before = answers.Count;
        await using (FileStream file = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
        {
            file.Seek(0, SeekOrigin.End);
            if (file.Length == 0)
            {
                await WriteAsync(file, JsonSerializer.Serialize(key), cancellation);
            }

            using ProgressLine progress = terminal.Progress($"Asking for {Path.GetFileName(output)}", "rows");
            while (answers.Count < texts.Length)
            {
                // Pieces begin where they always begin, so that their keys are the same after any interruption.
                int from = answers.Count;
                int until = Math.Min(texts.Length, ((from / Piece) + 1) * Piece);
                IReadOnlyList<PredictionAnswer> given = await AskAsync(from, until, cancellation);
                await WriteAsync(file, string.Join('\n', given.Select(answer => JsonSerializer.Serialize(answer, FlowJson.Compact))), cancellation);
                answers.AddRange(given);
                progress.Report(answers.Count, texts.Length);
            }
        }

        await File.WriteAllTextAsync(output, Csv(answers), cancellation);
        File.Delete(part);
        return new BatchAnswer(texts.Length, before, answers.Count(answer => answer.Label is null), answers.Sum(answer => answer.CostUsd ?? 0));
    }

    private async Task<IReadOnlyList<PredictionAnswer>> AskAsync(int from, int until, CancellationToken cancellation)
    {
        string[] asked = [.. texts[from..until].Where(text => !string.IsNullOrWhiteSpace(text))];
        PredictionAnswers given = asked.Length == 0
            ? new PredictionAnswers([])
            : await PieceAsync(new PredictionRequest(Texts: asked, Version: version, Key: $"{key}-{from}-{until}"), cancellation);
        var next = new Queue<PredictionAnswer>(given.Answers);
        return [.. texts[from..until].Select(text => string.IsNullOrWhiteSpace(text) ? Nothing : next.Dequeue())];
    }

    private async Task<PredictionAnswers> PieceAsync(PredictionRequest piece, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await client.PostAsync<PredictionAnswers>(path, piece, cancellation);
            }
            catch (FlowException going) when (going.Failure is { Kind: FailureKind.Ambiguous, RetryAfter: { } wait })
            {
                // Another host is asking for this piece, or was when it was killed: what it has heard is kept.
                await Task.Delay(wait, cancellation);
            }
        }
    }

    // An empty row is answered with nothing, so that the rows of both files stand side by side.
    private static PredictionAnswer Nothing { get; } = new(null, null, Core.Evaluation.PredictionError.Missing, 0, "", null, 0, null, null);

    private List<PredictionAnswer> Before(string part)
    {
        if (!File.Exists(part))
        {
            return [];
        }

        string text = File.ReadAllText(part);
        // A line that was being written when the process died is taken away.
        int whole = text.LastIndexOf('\n') + 1;
        string[] lines = text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 0 && lines[0] != JsonSerializer.Serialize(key))
        {
            throw new FlowException(new Failure(
                FailureKind.Conflict, $"{part} was begun for another file, project or version", "Remove it, or name another --out", new SourceLocation(part)));
        }

        using FileStream file = new(part, FileMode.Open, FileAccess.Write);
        file.SetLength(Encoding.UTF8.GetByteCount(text[..whole]));
        return [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<PredictionAnswer>(line, FlowJson.Compact)!)];
    }

    private static async Task WriteAsync(FileStream file, string lines, CancellationToken cancellation)
    {
        await file.WriteAsync(Encoding.UTF8.GetBytes(lines + "\n"), cancellation);
        await file.FlushAsync(cancellation);
    }

    private static string Csv(List<PredictionAnswer> answers)
    {
        var csv = new StringBuilder("row,label,probability,version,costUsd,error\r\n");
        for (int i = 0; i < answers.Count; i++)
        {
            PredictionAnswer answer = answers[i];
            double? probability = answer.Label is { } label ? answer.Probabilities?.GetValueOrDefault(label) : null;
            csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{Cell(answer.Label)},{probability:0.######},{answer.Version},{answer.CostUsd:0.########},{answer.Error}\r\n");
        }

        return csv.ToString();
    }

    internal static string Cell(string? text) => text is null ? ""
        : text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
