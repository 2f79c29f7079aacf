using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary>One candidate of each of two runs on the rows that both runs have judged.</summary>
/// <param name="Labels">Those of both runs.</param>
/// <param name="Rows">Judged by both, with one label.</param>
/// <param name="Candidates">Two, each under its name and its run's.</param>
/// <param name="Only">Rows that only the first, and only the second run has judged.</param>
/// <param name="Relabelled">Rows whose label has changed between the runs: nobody is judged by them.</param>
internal sealed record RunComparison(
    LabelSet Labels, IReadOnlyList<DatasetRow> Rows, ImmutableArray<NamedPredictions> Candidates, (int First, int Second) Only, int Relabelled)
{
    /// <param name="client">The host.</param>
    /// <param name="runs">Two ids, or their beginnings.</param>
    /// <param name="wanted">A candidate of each, or one name for both; none: the promoted one, or else the best.</param>
    /// <exception cref="FlowException">NotFound: no such run or candidate; InvalidInput: the runs have no rows or labels in common.</exception>
    public static async Task<RunComparison> ReadAsync(HostClient client, IReadOnlyList<string> runs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        Side first = await Side.ReadAsync(client, runs[0], wanted.Count > 0 ? wanted[0] : null, cancellation);
        Side second = await Side.ReadAsync(client, runs[1], wanted.Count > 1 ? wanted[1] : wanted.Count > 0 ? wanted[0] : null, cancellation);
        if (first.Name == second.Name)
        {
            throw Invalid($"{first.Name} is named twice", "Name two runs, or two candidates: --candidate A --candidate B");
        }

        if (!first.Labels.Names.ToHashSet().SetEquals(second.Labels.Names))
        {
            throw Invalid(
                $"the runs have different labels: {string.Join(", ", first.Labels.Names)} and {string.Join(", ", second.Labels.Names)}", "Compare runs of one task");
        }

        DatasetRow[] both = [.. first.Rows.Values.Where(row => second.Rows.ContainsKey(row.Id))];
        DatasetRow[] rows = [.. both.Where(row => second.Rows[row.Id].Label == row.Label)];
        return rows.Length == 0
            ? throw Invalid(
                "no row was judged by both runs", "The split method stable keeps a text in its split for good: set dataset.split.method to stable in the project's recipe")
            : new RunComparison(
                first.Labels,
                rows,
                [.. new[] { first, second }.Select(side => new NamedPredictions(side.Name, [.. rows.Select(row => side.Answers[row.Id])]))],
                (first.Rows.Count - both.Length, second.Rows.Count - both.Length),
                both.Length - rows.Length);
    }

    /// <summary>What the comparison leaves out, for a person; null: nothing.</summary>
    public string? LeftOut() => Only == (0, 0) && Relabelled == 0 ? null
        : $"{Rows.Count:N0} rows were judged by both; left out: {Only.First:N0} of the first run alone, {Only.Second:N0} of the second alone"
            + (Relabelled > 0 ? $", {Relabelled:N0} whose label has changed" : "");

    private static FlowException Invalid(string message, string remedy) => new(FailureKind.InvalidInput, message, remedy);

    /// <param name="Name">Of the candidate and its run.</param>
    /// <param name="Labels">The run's.</param>
    /// <param name="Rows">By id: those that the candidate was judged by.</param>
    /// <param name="Answers">By id.</param>
    private sealed record Side(string Name, LabelSet Labels, Dictionary<string, DatasetRow> Rows, Dictionary<string, Prediction> Answers)
    {
        public static async Task<Side> ReadAsync(HostClient client, string given, string? wanted, CancellationToken cancellation)
        {
            string id = await client.ResolveAsync(given, cancellation);
            RunView run = await client.RunAsync(id, cancellation);
            string candidate = Candidate(run, wanted);
            string files = $"runs/{Uri.EscapeDataString(id)}/artifacts";
            ArtifactList list = await client.GetAsync<ArtifactList>(files, cancellation);
            var answers = new Dictionary<string, Prediction>(StringComparer.Ordinal);
            foreach (Artifact file in list.Files.Where(file => file.Path.StartsWith($"predictions/{candidate}/", StringComparison.Ordinal)))
            {
                foreach (Prediction answer in await LinesAsync<Prediction>(client, $"{files}/{file.Path}", cancellation))
                {
                    answers[answer.Id] = answer;
                }
            }

            List<DatasetRow> rows = await LinesAsync<DatasetRow>(client, $"{files}/dataset/{DatasetFiles.Of(Split.Test)}", cancellation);
            Manifest manifest = await client.GetAsync<Manifest>($"{files}/dataset/{DatasetFiles.Manifest}", cancellation);
            return new Side($"{candidate} of {id}", manifest.Labels, rows.Where(row => answers.ContainsKey(row.Id)).ToDictionary(row => row.Id), answers);
        }

        private static string Candidate(RunView run, string? wanted)
        {
            CandidateRecord[] judged = [.. run.Candidates.Select(view => view.Record).Where(record => record.State == CandidateState.Judged)];
            if (wanted is null)
            {
                return run.Promoted ?? judged.Where(record => record.Kind != OutcomeKind.Champion).MaxBy(record => record.Accuracy)?.Name
                    ?? throw new FlowException(FailureKind.NotFound, $"{run.RunId} has judged no candidate: it is {run.Stage}", "Wait for its end, or name another run");
            }

            return judged.Any(record => record.Name == wanted)
                ? wanted
                : throw new FlowException(
                    FailureKind.NotFound,
                    $"{run.RunId} has judged no {wanted}",
                    NearestName.Of(wanted, judged.Select(record => record.Name)) is { } near ? $"Did you mean {near}?" : $"It has judged {string.Join(", ", judged.Select(record => record.Name))}");
        }

        private static async Task<List<T>> LinesAsync<T>(HostClient client, string path, CancellationToken cancellation)
        {
            using var content = new MemoryStream();
            await client.DownloadAsync(path, content, cancellation);
            content.Position = 0;
            await using Stream lines = path.EndsWith(BlobStoreJson.PackedEnding, StringComparison.Ordinal) ? new GZipStream(content, CompressionMode.Decompress) : content;
            using var reader = new StreamReader(lines);
            string text = await reader.ReadToEndAsync(cancellation);
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<T>(line, FlowJson.Compact)!)];
        }
    }
}
