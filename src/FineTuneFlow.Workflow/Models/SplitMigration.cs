using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Moves a project that was begun with another split to the stable one, on which data may grow: once, whatever crashes and
/// however many nights begin at the same time. From then on its drops are split so too, whatever its recipe says.</summary>
public sealed class SplitMigration(IBlobStore store, TimeProvider time)
{
    /// <summary>Null: the project was not moved.</summary>
    public async Task<MovedSplit?> FindAsync(string project, CancellationToken cancellation) =>
        (await store.FindJsonAsync<MovedSplit>(RunPaths.Split(project), cancellation))?.Value;

    /// <summary>Moves it, unless it was moved before.</summary>
    public async Task MoveAsync(string project, SplitMethod from, CancellationToken cancellation)
    {
        try
        {
            await store.WriteJsonAsync(RunPaths.Split(project), new MovedSplit(from, time.GetUtcNow(), null), WriteCondition.Absent, cancellation);
        }
        catch (FlowException moved) when (moved.Failure.Kind == FailureKind.Conflict)
        {
            // Another night was faster, or this one was interrupted and begins again.
        }
    }

    /// <summary>Notes that people have been told what it means: the nights after this one say no more of it.</summary>
    public async Task ToldAsync(string project, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<MovedSplit>(RunPaths.Split(project), cancellation) is { Value: { ToldAt: null } untold, ETag: var etag })
        {
            try
            {
                await store.WriteJsonAsync(RunPaths.Split(project), untold with { ToldAt = time.GetUtcNow() }, WriteCondition.Matches(etag), cancellation);
            }
            catch (FlowException told) when (told.Failure.Kind == FailureKind.Conflict)
            {
                // Another night has told it at the same time.
            }
        }
    }

    /// <summary>The recipe as it is to be used for a drop: of a project that was moved, a split that moves texts when data grow is the
    /// stable one.</summary>
    public async Task<Recipe> ApplyAsync(string project, Recipe recipe, CancellationToken cancellation) =>
        recipe.Dataset.Split.Method is SplitMethod.Stratified or SplitMethod.Time && await FindAsync(project, cancellation) is not null
            ? recipe with { Dataset = recipe.Dataset with { Split = recipe.Dataset.Split with { Method = SplitMethod.Stable, Column = null } } }
            : recipe;
}

/// <summary><c>models/{project}/split.json</c>.</summary>
/// <param name="From">The split that the project was begun with.</param>
/// <param name="At">When it was moved to the stable one.</param>
/// <param name="ToldAt">When a night had said what that means; null: the next one says it.</param>
public sealed record MovedSplit(SplitMethod From, DateTimeOffset At, DateTimeOffset? ToldAt);
