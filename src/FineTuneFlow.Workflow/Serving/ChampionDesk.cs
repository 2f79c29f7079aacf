using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Watching;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Where texts are answered in a project's name: by the version that its weights choose, counted, and with another version
/// asked beside where the recipe wants that.</summary>
public sealed class ChampionDesk(
    Champions champions, ProjectRecipes recipes, VersionAnswers versions, WatchLog watch, ILogger<ChampionDesk> logger)
{
    /// <summary>One answer a text, in their order.</summary>
    /// <param name="project">In whose name.</param>
    /// <param name="texts">At least one.</param>
    /// <param name="wanted">A version by name or number; null: by the weights.</param>
    /// <param name="user">The same user always gets the same version; null: the same text does.</param>
    /// <param name="heard">Told each answer that is paid for as soon as it comes, with the text's place; null: nobody.</param>
    /// <exception cref="FlowException">NotFound: no champion or no such version; what <see cref="VersionAnswers"/> says.</exception>
    public async Task<IReadOnlyList<ServedAnswer>> AnswerAsync(
        string project, IReadOnlyList<string> texts, string? wanted, string? user, CancellationToken cancellation, Func<int, ServedAnswer, Task>? heard = null)
    {
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        ServingRecipe rule = (await recipes.ReadAsync(project, cancellation)).Serving;
        ServedAnswer[] answers = new ServedAnswer[texts.Count];
        foreach (IGrouping<ChampionVersion, int> group in Enumerable.Range(0, texts.Count)
            .GroupBy(i => ServingChoice.Of(project, record, rule, wanted, user ?? texts[i])))
        {
            int[] places = [.. group];
            string[] asked = [.. places.Select(i => texts[i])];
            IReadOnlyList<ServedAnswer> given = await AskAsync(project, group.Key, asked, heard is null ? null : (i, answer) => heard(places[i], answer), cancellation);
            for (int i = 0; i < places.Length; i++)
            {
                answers[places[i]] = given[i];
            }
        }

        if (wanted is null && rule.Shadow is { } name && ServingChoice.Find(record, rule, name) is { } shadow)
        {
            // Nobody waits for the shadow, and what becomes of it changes no answer.
            _ = Task.Run(() => ShadowAsync(project, shadow, texts, answers), CancellationToken.None);
        }

        return answers;
    }

    private async Task<IReadOnlyList<ServedAnswer>> AskAsync(
        string project, ChampionVersion version, string[] texts, Func<int, ServedAnswer, Task>? heard, CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<ServedAnswer> given = await versions.AskAsync(project, version, texts, heard, cancellation);
            await watch.AnsweredAsync(project, version, texts, given, cancellation);
            return given;
        }
        catch (FlowException)
        {
            watch.Failed(project, version, texts.Length);
            throw;
        }
    }

    private async Task ShadowAsync(string project, ChampionVersion shadow, IReadOnlyList<string> texts, ServedAnswer[] answered)
    {
        try
        {
            int[] others = [.. Enumerable.Range(0, texts.Count).Where(i => answered[i].Version.Version != shadow.Version)];
            if (others.Length > 0)
            {
                string[] asked = [.. others.Select(i => texts[i])];
                IReadOnlyList<ServedAnswer> beside = await versions.AskAsync(project, shadow, asked, null, CancellationToken.None);
                watch.Shadowed(project, shadow, [.. others.Select(i => answered[i])], beside);
            }
        }
        catch (FlowException exception)
        {
            logger.LogWarning("The shadow of {Project}, version {Version}, did not answer: {Failure}", project, shadow.Version, exception.Failure);
        }
    }
}
