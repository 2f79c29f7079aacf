using System.Collections.Immutable;
using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf compare</c>: sets two runs, or prediction files without a server, side by side on the same rows, with paired tests.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var arguments = new EvaluationArguments();
        arguments.Holdout.Required = false;
        var runs = new Argument<string[]>("runs")
        {
            Description = "Two runs, by id or its beginning: of each the promoted candidate, or else the best. Without them files are compared.",
            Arity = new ArgumentArity(0, 2),
            HelpName = "RUN",
        };
        var wanted = new Option<string[]>("--candidate") { Description = "The candidate of the runs; given twice, one of each.", HelpName = "NAME" };
        Option<Uri?> host = RunArguments.Host();
        var predictions = new Option<string[]>("--predictions", "-p")
        {
            Description = "CSV or JSONL file with id, label and, if there, probabilities; NAME=FILE names it. Give it for each candidate.",
            HelpName = "FILE",
        };
        var suspects = new Option<string?>("--suspects") { Description = "Write rows whose label all candidates contradict alike into this CSV file.", HelpName = "FILE" };
        var raw = new Option<bool>("--raw") { Description = "Write suspects as they are; without it cells that a spreadsheet would run begin with an apostrophe." };
        var command = new Command("compare", "Compare two runs, or prediction files, on the same rows: intervals, paired tests, rows needed.")
        {
            runs, wanted, predictions, suspects, raw, host,
        };
        arguments.AddTo(command);
        command.Validators.Add(result =>
        {
            int named = result.GetValue(runs)?.Length ?? 0;
            bool files = result.GetValue(predictions) is { Length: > 0 } || result.GetValue(arguments.Holdout) is not null;
            if (named is not (0 or 2) || (named == 2) == files)
            {
                result.AddError("Give either two runs, or --holdout FILE and --predictions FILE for each candidate.");
            }
            else if (named == 0 && (result.GetValue(predictions) is not { Length: > 0 } || result.GetValue(arguments.Holdout) is null))
            {
                result.AddError(result.GetValue(arguments.Holdout) is null ? "Option '--holdout' is required." : "Option '--predictions' is required.");
            }
        });
        return command.Runs(async call =>
        {
            var (labels, holdout, candidates, options) = call.Get(runs) is { Length: 2 } pair
                ? await OfRunsAsync(call, call.Get(host), pair, call.Get(wanted) ?? [], arguments.Options(call))
                : arguments.Read(call, Named(call.Get(predictions)!));
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
            return ExitCode.Ok;
        });
    }

    private static async Task<(LabelSet, IReadOnlyList<DatasetRow>, NamedPredictions[], ScoringOptions)> OfRunsAsync(
        CommandCall call, Uri? host, string[] runs, string[] wanted, ScoringOptions options)
    {
        using HostClient client = HostClient.For(host);
        RunComparison comparison = await RunComparison.ReadAsync(client, runs, wanted, call.Cancellation);
        if (comparison.LeftOut() is { } left)
        {
            call.Terminal.Note(left);
        }

        return (comparison.Labels, comparison.Rows, [.. comparison.Candidates], options);
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
