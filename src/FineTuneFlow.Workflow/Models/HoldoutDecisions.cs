using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Labels of rows that judge change by a decision of its own, never by a single correction: who took it and why is kept, and
/// every report that is measured with it says so. It counts from the next run on; what was judged before stays as it was.</summary>
public sealed class HoldoutDecisions(IBlobStore store, TimeProvider time)
{
    /// <exception cref="FlowException">InvalidInput: nobody has taken it, or without a reason or a row.</exception>
    public async Task<HoldoutDecision> AddAsync(
        string project, string runId, string? by, string? reason, ImmutableSortedDictionary<string, DecidedLabel> labels, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(by) || string.IsNullOrWhiteSpace(reason))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, "A decision about the holdout needs a name and a reason", "Say who decides (by) and why (reason)", Field: string.IsNullOrWhiteSpace(by) ? "by" : "reason"));
        }

        if (labels.IsEmpty)
        {
            throw new FlowException(FailureKind.InvalidInput, $"No correction of {runId} is of a row that judges and not decided on yet", "Correct such rows first");
        }

        DateTimeOffset now = time.GetUtcNow();
        string id = $"{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{labels.Keys.First()[..4]}";
        var decision = new HoldoutDecision(id, now, by.Trim(), reason.Trim(), runId, labels);
        await store.WriteJsonAsync(RunPaths.HoldoutDecision(ProjectName.Check(project), id), decision, WriteCondition.Absent, cancellation);
        return decision;
    }

    /// <summary>All of a project, oldest first.</summary>
    public async Task<ImmutableArray<HoldoutDecision>> ListAsync(string project, CancellationToken cancellation)
    {
        var all = new List<HoldoutDecision>();
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.FeedbackContainer, $"{ProjectName.Check(project)}/holdout/", cancellation))
        {
            all.Add(await store.ReadJsonAsync<HoldoutDecision>(entry.Path, cancellation));
        }

        return [.. all.OrderBy(one => one.At).ThenBy(one => one.Id, StringComparer.Ordinal)];
    }

    /// <summary>Takes a decision back: from the next run on the drop's labels count again.</summary>
    /// <exception cref="FlowException">NotFound: there is none of this id.</exception>
    public async Task RemoveAsync(string project, string id, CancellationToken cancellation)
    {
        bool isName = id.Length <= 40 && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!isName || !await store.DeleteAsync(RunPaths.HoldoutDecision(ProjectName.Check(project), id), cancellation))
        {
            throw new FlowException(new Failure(FailureKind.NotFound, $"The project {project} has no such decision about its holdout", "GET its holdout to find the id", Field: "decision"));
        }
    }

    /// <summary>By text the label that has been decided on, and by which decision: of several the last one.</summary>
    /// <param name="decisions">Oldest first.</param>
    /// <param name="counts">Labels that are not passed over.</param>
    public static Dictionary<string, (string Label, int Decision)> Standing(IReadOnlyList<HoldoutDecision> decisions, Func<string, bool> counts)
    {
        var standing = new Dictionary<string, (string Label, int Decision)>(StringComparer.Ordinal);
        for (int i = 0; i < decisions.Count; i++)
        {
            foreach ((string text, DecidedLabel label) in decisions[i].Labels.Where(one => counts(one.Value.Label)))
            {
                standing[text] = (label.Label, i);
            }
        }

        return standing;
    }

    /// <summary>The rows with the decided labels; of several decisions about a text the last one counts, and a label that the data no
    /// longer has is passed over.</summary>
    public static (DatasetRow[] Rows, ImmutableArray<HoldoutChange> Changes) Apply(
        IReadOnlyList<HoldoutDecision> decisions, LabelSet labels, DatasetRow[] rows)
    {
        if (decisions.Count == 0)
        {
            return (rows, []);
        }

        Dictionary<string, (string Label, int Decision)> decided = Standing(decisions, label => labels.IndexOf(label) >= 0);
        int[] changed = new int[decisions.Count];
        DatasetRow[] judged = [.. rows.Select(row =>
        {
            if (!decided.TryGetValue(Models.Lineage.TextOf(row.Id), out (string Label, int Decision) found) || found.Label == row.Label)
            {
                return row;
            }

            changed[found.Decision]++;
            return row with { Label = found.Label };
        })];
        return (judged, [.. decisions.Select((one, i) => new HoldoutChange(one.By, one.At, one.Reason, changed[i])).Where(change => change.Rows > 0)]);
    }
}

/// <param name="Id">By which it is taken back.</param>
/// <param name="By">Who took it.</param>
/// <param name="RunId">Whose corrections it follows.</param>
/// <param name="Labels">By id of the text.</param>
public sealed record HoldoutDecision(string Id, DateTimeOffset At, string By, string Reason, string RunId, ImmutableSortedDictionary<string, DecidedLabel> Labels);

/// <param name="Label">From now on.</param>
/// <param name="Earlier">What stood there before.</param>
public sealed record DecidedLabel(string Label, string Earlier);
