using System.Collections.Immutable;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <param name="Source">Blob of the judged rows.</param>
/// <param name="Chunks">Pieces, numbered from 0.</param>
/// <param name="ChunkRows">Rows of each but the last one.</param>
/// <param name="Batch">Ask through the Batch API: half the price, up to a day.</param>
/// <param name="LeftOut">Rows of the holdout that judge nobody, as the champion was trained on them.</param>
/// <param name="Changes">Decisions by which labels are others than those of the drop.</param>
public sealed record EvaluationPlan(
    string Source, int Rows, int Chunks, int ChunkRows, bool Batch, int LeftOut = 0, ImmutableArray<HoldoutChange> Changes = default)
{
    /// <summary>Decisions by which labels are others than those of the drop; none where nothing was said.</summary>
    public ImmutableArray<HoldoutChange> Changes { get; init; } = Changes.IsDefault ? [] : Changes;

    // A batch takes 50,000 questions; somewhat less leaves room for the limit on its file's size.
    private const int BatchRows = 40_000;

    /// <summary>The parts in which the chunks go to the Batch API, in their order.</summary>
    public IEnumerable<BatchPartInput> BatchParts(string runId, PlannedCandidate candidate, string model)
    {
        int chunks = Math.Max(1, BatchRows / ChunkRows);
        return Enumerable.Range(0, (Chunks + chunks - 1) / chunks)
            .Select(part => new BatchPartInput(runId, candidate, model, part, part * chunks, Math.Min(chunks, Chunks - (part * chunks))));
    }
}
