using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Comparison;

/// <summary>The judged rows of one run as figures: labels, answers and confidences, without the texts, which stay in storage. A
/// hundred thousand rows with five candidates take some 20 MB.</summary>
public sealed class JudgedRun
{
    private readonly IBlobStore _blobs;
    private readonly Dictionary<string, int> _places;
    private readonly Dictionary<string, Task<AnswerFacts>> _answers = new(StringComparer.Ordinal);

    private JudgedRun(IBlobStore blobs, RunReport report, EvaluationPlan plan, string[] ids, int[] truth)
    {
        _blobs = blobs;
        Report = report;
        Plan = plan;
        Ids = ids;
        Truth = truth;
        _places = new Dictionary<string, int>(ids.Length, StringComparer.Ordinal);
        for (int place = 0; place < ids.Length; place++)
        {
            _places[ids[place]] = place;
        }
    }

    public RunReport Report { get; }

    public EvaluationPlan Plan { get; }

    /// <summary>In the order of the judged file.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Index of each row's label.</summary>
    public IReadOnlyList<int> Truth { get; }

    public static async Task<JudgedRun> LoadAsync(IBlobStore blobs, RunReport report, CancellationToken cancellation)
    {
        EvaluationPlan plan = await blobs.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(report.RunId), cancellation);
        BlobPath source = BlobPath.Parse(plan.Source);
        var ids = new List<string>(plan.Rows);
        var truth = new List<int>(plan.Rows);
        await using BlobRead rows = await blobs.OpenExistingAsync(source, cancellation);
        foreach (DatasetRow row in DatasetFiles.ReadRows(rows.Content, source.Name))
        {
            ids.Add(row.Id);
            truth.Add(report.Labels.IndexOf(row.Label));
        }

        return new JudgedRun(blobs, report, plan, [.. ids], [.. truth]);
    }

    /// <summary>A candidate's answers, read once for all who ask.</summary>
    public async Task<AnswerFacts> AnswersAsync(string candidate, CancellationToken cancellation)
    {
        Task<AnswerFacts> reading;
        lock (_answers)
        {
            if (!_answers.TryGetValue(candidate, out reading!) || reading.IsFaulted)
            {
                reading = _answers[candidate] = ReadAnswersAsync(candidate, CancellationToken.None);
            }
        }

        return await reading.WaitAsync(cancellation);
    }

    /// <summary>The rows at some places, with their texts, in the order given; each piece of the holdout is read once.</summary>
    public async Task<IReadOnlyList<DatasetRow>> TextsAsync(IReadOnlyList<int> wanted, CancellationToken cancellation)
    {
        var found = new Dictionary<int, DatasetRow>();
        foreach (IGrouping<int, int> chunk in wanted.GroupBy(place => place / Plan.ChunkRows))
        {
            HashSet<int> here = [.. chunk];
            int place = chunk.Key * Plan.ChunkRows;
            BlobPath path = RunPaths.Chunk(Report.RunId, chunk.Key);
            await using BlobRead rows = await _blobs.OpenExistingAsync(path, cancellation);
            foreach (DatasetRow row in DatasetFiles.ReadRows(rows.Content, path.Name))
            {
                if (here.Contains(place))
                {
                    found[place] = row;
                }

                place++;
            }
        }

        return [.. wanted.Select(place => found.TryGetValue(place, out DatasetRow? row)
            ? row
            : throw new FlowException(FailureKind.NotFound, $"row {Ids[place]} is no longer in storage", "The run's evaluation files were removed."))];
    }

    private async Task<AnswerFacts> ReadAnswersAsync(string candidate, CancellationToken cancellation)
    {
        var facts = new AnswerFacts(Ids.Count);
        await foreach (BlobEntry chunk in _blobs.ListAsync(RunPaths.Runs, RunPaths.PredictionsPrefix(Report.RunId, candidate), cancellation))
        {
            foreach (AnswerLine prediction in await _blobs.ReadLinesAsync<AnswerLine>(chunk.Path, cancellation))
            {
                if (_places.TryGetValue(prediction.Id, out int place))
                {
                    int label = prediction.Error is null ? Report.Labels.IndexOf(prediction.Label) : -1;
                    facts.Set(place, label, label < 0 ? null : prediction.Probabilities?.GetValueOrDefault(prediction.Label!), prediction.Error);
                }
            }
        }

        return facts;
    }

    /// <summary>What is needed here of a <see cref="Prediction"/>, whose sorted dictionaries would be made for nothing.</summary>
    private sealed record AnswerLine(string Id, string? Label, Dictionary<string, double>? Probabilities, PredictionError? Error);
}
