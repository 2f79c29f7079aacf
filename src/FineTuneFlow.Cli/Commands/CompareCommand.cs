using System.Collections.Immutable;
using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf compare</c>: sets prediction files side by side on the same rows, with paired tests; asks no server.</summary>
public static class CompareCommand
{
    public static Command Create()
    {
        var arguments = new EvaluationArguments();
        var predictions = new Option<string[]>("--predictions", "-p")
        {
            Description = "CSV or JSONL file with id, label and, if there, probabilities; NAME=FILE names it. Give it for each candidate.",
            Required = true,
            HelpName = "FILE",
        };
        var suspects = new Option<string?>("--suspects") { Description = "Write rows whose label all candidates contradict alike into this CSV file.", HelpName = "FILE" };
        var raw = new Option<bool>("--raw") { Description = "Write suspects as they are; without it cells that a spreadsheet would run begin with an apostrophe." };
        var command = new Command("compare", "Compare prediction files on the same holdout: intervals, paired tests, rows needed.") { predictions, suspects, raw };
        arguments.AddTo(command);
        return command.Runs(call =>
        {
            (string, string)[] files = Named(call.Get(predictions)!);
            var (labels, holdout, candidates, options) = arguments.Read(call, files);
            Scorecard card = Scorecard.Of(labels, holdout, candidates, options);
            if (call.Get(suspects) is { } file)
            {
                ImmutableArray<LabelSuspect> rows = card.Suspects([.. Enumerable.Range(0, candidates.Length)]);
                File.WriteAllText(file, SuspectsCsv.Write(rows, new DatasetRecipe { Csv = new CsvRecipe { Guard = !call.Get(raw) } }));
                call.Terminal.Note($"written: {file}, {rows.Length:N0} rows");
            }

            call.Terminal.Answer(
                new CompareAnswer([.. card.Names.Zip(card.Metrics, (name, metrics) => new ComparedCandidate(name, metrics))], card.Comparisons),
                output => output.Write(EvaluationText.Of(card, options)));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    // Two files of the same name in different folders are told apart by their paths.
    private static (string Name, string File)[] Named(string[] given)
    {
        (string Name, string File)[] files =
        [
            .. given.Select(value =>
            {
                int equals = File.Exists(value) ? -1 : value.IndexOf('=', StringComparison.Ordinal);
                return equals > 0 ? (value[..equals], value[(equals + 1)..]) : (Path.GetFileNameWithoutExtension(value), value);
            }),
        ];
        if (files.Select(file => file.Name).Distinct(StringComparer.Ordinal).Count() < files.Length)
        {
            files = [.. files.Select(file => (file.File, file.File))];
        }

        return files.Select(file => file.Name).Distinct(StringComparer.Ordinal).Count() == files.Length && files.Length >= 2
            ? files
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                files.Length < 2 ? "one prediction file has nothing to be compared with" : "the same prediction file is given twice",
                "Give --predictions once for each of two or more files",
                Field: "--predictions"));
    }
}

/// <summary>The answer of <c>ftf compare --json</c>.</summary>
internal sealed record CompareAnswer(ImmutableArray<ComparedCandidate> Candidates, ImmutableArray<PairedComparison> Comparisons);

internal sealed record ComparedCandidate(string Name, Metrics Metrics);
