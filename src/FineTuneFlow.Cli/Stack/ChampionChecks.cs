using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Cli.Stack;

/// <summary>Whether the projects' champions go on answering: told by the host that runs, or read from this machine's files.</summary>
internal static class ChampionChecks
{
    /// <param name="options">Where the stack is.</param>
    /// <param name="providers">As configured.</param>
    /// <param name="models">The dated table.</param>
    /// <param name="host">A host that was named; null: the stack's own, where it runs.</param>
    public static async Task<ImmutableArray<CheckupLine>> LookAsync(StackOptions options, IProviders providers, ModelBook models, Uri? host, CancellationToken cancellation)
    {
        try
        {
            return [.. (await FindAsync(options, providers, models, host, cancellation)).Select(Line)];
        }
        catch (FlowException silent)
        {
            return [new CheckupLine("champions", CheckupGrade.Notice, $"how long they go on answering is not known: {silent.Failure.Message}", silent.Failure.Remedy)];
        }
    }

    private static async Task<IReadOnlyList<ServedModel>> FindAsync(StackOptions options, IProviders providers, ModelBook models, Uri? host, CancellationToken cancellation)
    {
        if ((host ?? StackFile.Read(options.Home)?.Host) is { } asked)
        {
            using var client = new HostClient(asked);
            if (host is not null || await client.IsWellAsync(cancellation))
            {
                return [.. (await client.GetAsync<ProviderList>("providers", cancellation)).Providers.SelectMany(provider => provider.Champions)];
            }
        }

        string files = new StorageFolders(options.Home).Files;
        if (StackSettings.Read(options.Settings, options.Store).Storage != StackStorage.Files || !Directory.Exists(files))
        {
            return [];
        }

        using var store = FileBlobStore.ForReading(files);
        var found = new List<ServedModel>();
        var champions = new Champions(store, new VersionFiles(store, new Shots(store)), new VersionReferences(store), TimeProvider.System);
        var lives = new ModelLives(providers, models, TimeProvider.System);
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            if ((await champions.ReadAsync(project, cancellation)).Current is { Provider: { } provider } champion)
            {
                ModelEnd? end = lives.Of(champion);
                found.Add(new ServedModel(provider, project, champion.Version, champion.Model, champion.BaseModel, end?.On, end?.DaysLeft));
            }
        }

        return found;
    }

    private static CheckupLine Line(ServedModel champion)
    {
        string subject = $"champion of {champion.Project}";
        string what = $"version {champion.Version.ToString(CultureInfo.InvariantCulture)} rests on {champion.BaseModel} at {champion.Provider}";
        return champion switch
        {
            { EndsOn: null } => new CheckupLine(subject, CheckupGrade.Good, $"{what}, of which no end is announced"),
            { EndsOn: { } day, DaysLeft: { } left } when left < CandidateCheckup.Notice.TotalDays => new CheckupLine(
                subject,
                CheckupGrade.Bad,
                left > 0 ? $"{what}, which answers until {day:yyyy-MM-dd} ({left} days)" : $"{what}, which answers no more since {day:yyyy-MM-dd}",
                $"Train its successor, and see how far that agrees with it: ftf rescue --project {champion.Project}",
                day),
            { EndsOn: { } day } => new CheckupLine(subject, CheckupGrade.Notice, $"{what}, which answers until {day:yyyy-MM-dd} ({champion.DaysLeft} days)", Until: day),
        };
    }
}
