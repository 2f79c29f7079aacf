using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Comparison;

/// <summary>The judged rows of one run as figures: labels, answers and confidences, without the texts, which stay in storage. A
/// hundred thousand rows with five candidates take some 20 MB.</summary>
public sealed class JudgedRun
{
    private readonly IBlobStore _blobs;
    private readonly JudgedAnswers _answers;

    private JudgedRun(IBlobStore blobs, RunReport report, EvaluationPlan plan, JudgedAnswers answers) =>
        (_blobs, Report, Plan, _answers) = (blobs, report, plan, answers);

    public RunReport Report { get; }

    public EvaluationPlan Plan { get; }

    /// <summary>In the order of the judged file.</summary>
    public IReadOnlyList<string> Ids => _answers.Ids;

    /// <summary>Index of each row's label.</summary>
    public IReadOnlyList<int> Truth => _answers.Truth;

    public static async Task<JudgedRun> LoadAsync(IBlobStore blobs, RunReport report, CancellationToken cancellation)
    {
        EvaluationPlan plan = await blobs.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(report.RunId), cancellation);
        BlobPath figures = RunPaths.JudgedAnswers(report.RunId);
        JudgedAnswers? kept = await blobs.ExistsAsync(figures, cancellation) ? JudgedAnswers.Read(await blobs.ReadBytesAsync(figures, cancellation)) : null;
        return new JudgedRun(blobs, report, plan, kept ?? await FromFilesAsync(blobs, report, plan, cancellation));
    }

    /// <summary>A candidate's answers.</summary>
    /// <exception cref="FlowException">NotFound: none are in storage.</exception>
    public AnswerFacts Answers(string candidate) => _answers.Of(candidate)
        ?? throw new FlowException(FailureKind.NotFound, $"the answers of {candidate} are no longer in storage", "The run's evaluation files were removed.");

    /// <summary>The rows at some places, with their texts, in the order given; each piece of the holdout is read once.</summary>
    public async Task<IReadOnlyList<DatasetRow>> TextsAsync(IReadOnlyList<int> wanted, CancellationToken cancellation)
    {
        var found = new Dictionary<int, DatasetRow>();
        foreach (IGrouping<int, int> chunk in wanted.GroupBy(place => place / Plan.ChunkRows))
        {
            HashSet<int> here = [.. chunk];
            int place = chunk.Key * Plan.ChunkRows;
            BlobPath path = RunPaths.Chunk(Report.RunId, chunk.Key);
            await using BlobRead rows = await _blobs.OpenExistingUnpackedAsync(path, cancellation);
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

    /// <summary>Of a run that was compared before its figures were kept: every prediction is read.</summary>
    private static async Task<JudgedAnswers> FromFilesAsync(IBlobStore blobs, RunReport report, EvaluationPlan plan, CancellationToken cancellation)
    {
        BlobPath source = BlobPath.Parse(plan.Source);
        await using BlobRead rows = await blobs.OpenExistingAsync(source, cancellation);
        var answers = new JudgedAnswers(report.Labels, [.. DatasetFiles.ReadRows(rows.Content, source.Name)]);
        foreach (CandidateReport candidate in report.Candidates.Where(one => one.Metrics is not null))
        {
            answers.Add(candidate.Name, await CandidateScores.PredictionsAsync(blobs, report.RunId, candidate.Name, cancellation));
        }

        return answers;
    }
}
