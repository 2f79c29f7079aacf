using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Starts runs, whichever trigger brings them: the same drop with the same recipe is the same run.</summary>
public sealed class RunStarter(IBlobStore store, IDurableClient client, OpenChoices choices, Champions champions, ProjectRecipes recipes, SplitMigration splits)
{
    /// <summary>The recipe given, else the project's own, else the defaults; the latter two on the split that the project was moved to.</summary>
    /// <param name="project">A project's name.</param>
    /// <param name="drop">A CSV in the store.</param>
    /// <param name="recipe">JSON as given with the request; null: the project's.</param>
    /// <param name="trigger">drop, http, timer, or one of <see cref="RunTriggers"/>.</param>
    /// <exception cref="FlowException">InvalidInput: the recipe; NotFound: the drop.</exception>
    public async Task<StartedRun> StartAsync(
        string project, BlobPath drop, byte[]? recipe, string trigger, CancellationToken cancellation)
    {
        ProjectName.Check(project);
        if (recipe is not null)
        {
            return await StartReadAsync(project, drop, RecipeReader.Read("recipe", recipe), trigger, cancellation);
        }

        Recipe own = await recipes.ReadAsync(project, cancellation);
        // By the recipe as it was put: a drop that is delivered again after the project was moved is the run that it was before.
        return await StartReadAsync(project, drop, own, await splits.ApplyAsync(project, own, cancellation), null, trigger, cancellation);
    }

    /// <summary>As above, with a recipe that was read before or made here.</summary>
    public Task<StartedRun> StartReadAsync(string project, BlobPath drop, Recipe recipe, string trigger, CancellationToken cancellation) =>
        StartReadAsync(project, drop, recipe, recipe, null, trigger, cancellation);

    /// <summary>As above, as a run of its own for every champion that it is set against: the same rows and recipe are another question when
    /// another version is in use, and what failed with one may succeed with the next.</summary>
    public Task<StartedRun> StartAgainstAsync(
        string project, BlobPath drop, Recipe recipe, ChampionVersion champion, string trigger, CancellationToken cancellation) =>
        StartReadAsync(project, drop, recipe, recipe, $"{champion.RunId}/{champion.Candidate}", trigger, cancellation);

    /// <param name="project">A project's name.</param>
    /// <param name="drop">In the store.</param>
    /// <param name="identity">The recipe by which the run is known.</param>
    /// <param name="used">The recipe by which it works.</param>
    /// <param name="against">The champion that it is a run of its own for; null: for all.</param>
    /// <param name="trigger">For the record.</param>
    private async Task<StartedRun> StartReadAsync(
        string project, BlobPath drop, Recipe identity, Recipe used, string? against, string trigger, CancellationToken cancellation)
    {
        ProjectName.Check(project);
        (string sha256, long bytes, long lines) = await Hash(drop, cancellation);
        string runId = RunId.From(project, sha256, RecipeHash.Of(Expanded(identity)) + (against is null ? "" : $"\n{against}"));
        return await StartAsync(project, runId, new BlobRef(drop.ToString(), sha256, bytes), Expanded(used), trigger, null, lines, cancellation);
    }

    private static Recipe Expanded(Recipe recipe) => recipe with { Candidates = CandidateGrid.Expand(recipe), Baselines = BaselineGrid.Expand(recipe) };

    /// <summary>Runs the same drop with the same recipe once more, as a run of its own.</summary>
    /// <param name="anew">Pay for all of it again, rather than adopt what that run has paid for.</param>
    /// <exception cref="FlowException">NotFound: no such run; Conflict: it has not ended.</exception>
    public async Task<StartedRun> RerunAsync(string runId, bool anew, CancellationToken cancellation)
    {
        InstanceState state = await client.GetAsync(runId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"There is no run {runId}", "List the runs to find its id");
        if (!state.HasEnded)
        {
            throw new FlowException(FailureKind.Conflict, $"The run {runId} has not ended", "Wait for its end or cancel it first");
        }

        RunRecord record = await store.ReadJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation);
        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        // The whole line, so that what it is made of is found when a run between has been removed.
        ImmutableArray<string>? repeats = anew ? null : [runId, .. record.Repeats];
        string[] name = runId.Split('_');
        string root = name[0];
        // After its own number: one that a removed run has left free would find that run's jobs at the service, and take them for its own.
        int first = name.Length == 2 && int.TryParse(name[1], NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? own + 1 : 2;
        for (int repetition = first; ; repetition++)
        {
            string next = $"{root}_{repetition}";
            if (await store.ExistsAsync(RunPaths.RemovedRerun(next), cancellation))
            {
                continue;
            }

            StartedRun started = await StartAsync(record.Project, next, record.Drop, recipe, anew ? RunTriggers.Anew : RunTriggers.Rerun, repeats, null, cancellation);
            if (started.Created)
            {
                return started;
            }
        }
    }

    private async Task<StartedRun> StartAsync(
        string project, string runId, BlobRef drop, Recipe recipe, string trigger, ImmutableArray<string>? repeats, long? lines, CancellationToken cancellation)
    {
        if (await client.GetAsync(runId, cancellation) is not null)
        {
            return new StartedRun(runId, false);
        }

        // Provider, model and prompt are fixed with the run: a changed default must not send half of its candidates elsewhere, nor another
        // champion change what they are told.
        ImmutableArray<CandidateRecipe> told = ContinuedPrompts.Inherit(recipe.Candidates, await ChampionPrompt(project, recipe, cancellation));
        ImmutableArray<CandidateRecipe> settled = await choices.SettleAsync(told, lines * (1 - recipe.Dataset.Split.Test - recipe.Dataset.Split.Validation), cancellation);
        Recipe kept = recipe with { Candidates = settled, Baselines = choices.BaselinesOf(recipe, settled) };
        BlobWritten written = await store.WriteJsonAsync(RunPaths.Recipe(runId), kept, cancellation: cancellation);
        var input = new RunInput(runId, project, drop, written.Ref, recipe.DeadlineHours, trigger, repeats);
        return new StartedRun(runId, await client.StartAsync(Flows.FineTuneRun, runId, input, cancellation));
    }

    private async Task<string?> ChampionPrompt(string project, Recipe recipe, CancellationToken cancellation)
    {
        bool asked = recipe.Candidates.Any(c => c.ContinueFrom == PlannedCandidate.ChampionName);
        return asked && (await champions.ReadAsync(project, cancellation)).Current is { Provider: not null } champion
            ? (await RunRecipes.CandidateAsync(store, champion.RunId, champion.Candidate, cancellation)).SystemPrompt
            : null;
    }

    /// <summary>Its content and, as far as its lines tell, its rows: a text may go over several.</summary>
    private async Task<(string Sha256, long Bytes, long Lines)> Hash(BlobPath drop, CancellationToken cancellation)
    {
        await using BlobRead? blob = await store.OpenAsync(drop, cancellation);
        if (blob is null)
        {
            throw new FlowException(FailureKind.NotFound, $"There is no {drop}", "Drop the CSV under drops/{project}/ first");
        }

        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] part = new byte[128 * 1024];
        long lines = 0;
        for (int read; (read = await blob.Content.ReadAsync(part, cancellation)) > 0;)
        {
            sha256.AppendData(part, 0, read);
            lines += part.AsSpan(0, read).Count((byte)'\n');
        }

        return (Convert.ToHexStringLower(sha256.GetCurrentHash()), blob.Bytes, lines);
    }
}

/// <param name="RunId">Its id.</param>
/// <param name="Created">False: the run existed.</param>
/// <param name="Note">What became of the file where it starts no run, and its id is empty; null: it is a run.</param>
public sealed record StartedRun(string RunId, bool Created, string? Note = null);
