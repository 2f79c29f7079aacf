using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Which version of a project answers whom.</summary>
public static class ServingChoice
{
    /// <summary>The version that is asked for by name, or the one to which the weights send this caller.</summary>
    /// <param name="project">For messages.</param>
    /// <param name="record">The project's versions.</param>
    /// <param name="rule">Weights.</param>
    /// <param name="wanted">champion, previous, challenger or a version's number; null: by the weights.</param>
    /// <param name="caller">The same caller always gets the same version: a user's id, or the text.</param>
    /// <exception cref="FlowException">NotFound: no champion, or no such version.</exception>
    public static ChampionVersion Of(string project, ChampionRecord record, ServingRecipe rule, string? wanted, string caller)
    {
        ChampionVersion champion = record.Current
            ?? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion", "Promote a candidate of one of its runs first");
        if (wanted is not null)
        {
            return Find(record, rule, wanted) ?? throw new FlowException(
                FailureKind.NotFound,
                $"The project {project} has no version {wanted}",
                $"It has {string.Join(", ", record.Versions.Select(v => v.Version))}{(record.Challenger is null ? "" : " and a challenger")}");
        }

        // 0 to 99, by the caller alone.
        int point = (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(caller.AsSpan())) % 100);
        foreach ((string version, int weight) in rule.Weights)
        {
            point -= weight;
            if (point < 0)
            {
                return Find(record, rule, version) ?? champion;
            }
        }

        return champion;
    }

    /// <summary>Null: the project has no such version. The challenger is the version that the recipe has in shadow, or else the runner-up
    /// of the last run.</summary>
    public static ChampionVersion? Find(ChampionRecord record, ServingRecipe rule, string name) => name switch
    {
        ServingRecipe.Champion => record.Current,
        ServingRecipe.Challenger => rule.Shadow is { } shadow and not ServingRecipe.Challenger ? Find(record, rule, shadow) ?? record.Challenger : record.Challenger,
        ServingRecipe.Previous => record.Versions.Length > 1 ? record.Versions[^2] : null,
        _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? record.Versions.FirstOrDefault(v => v.Version == number) : null,
    };
}
