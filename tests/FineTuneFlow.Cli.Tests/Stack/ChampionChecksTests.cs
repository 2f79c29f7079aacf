using System.Collections.Immutable;
using FineTuneFlow.Cli.Commands;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Tests.Stack;

/// <summary>Champions of a machine whose stack does not run, by the dated table of models.</summary>
public sealed class ChampionChecksTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ftf-champions-");

    [Fact]
    public async Task One_whose_model_has_ended_is_wrong_and_one_of_our_own_is_not_mentioned()
    {
        await PromoteAsync("dead", OutcomeKind.FineTune, "s", "gpt-3.5-turbo");
        await PromoteAsync("endless", OutcomeKind.FineTune, "s", "gpt-oss-20b");
        await PromoteAsync("own", OutcomeKind.LinearBaseline, null, "linear");

        ImmutableArray<CheckupLine> lines = await LookAsync();

        lines.Select(line => line.Subject).ShouldBe(["champion of dead", "champion of endless"]);
        lines[1].Grade.ShouldBe(CheckupGrade.Good, lines[1].Message);
        (lines[0].Grade, lines[0].Until is null).ShouldBe((CheckupGrade.Bad, false), lines[0].Message);
        lines[0].Message.ShouldContain("version 1 rests on gpt-3.5-turbo at s, which answers");
        lines[0].Remedy.ShouldNotBeNull().ShouldEndWith("ftf rescue --project dead");
    }

    [Fact]
    public async Task Without_state_nothing_is_made_and_nothing_said()
    {
        (await LookAsync()).ShouldBeEmpty();
        _home.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    public void Dispose() => _home.Delete(recursive: true);

    private async Task<ImmutableArray<CheckupLine>> LookAsync()
    {
        string settings = Path.Combine(_home.Parent!.FullName, $"{_home.Name}.json");
        await File.WriteAllTextAsync(settings, """{ "IsEncrypted": false, "Values": { "Providers__s__Profile": "openai", "Providers__s__Key": "k" } }""");
        try
        {
            using ConfiguredProviders providers = DoctorCommand.Providers(settings);
            return await ChampionChecks.LookAsync(
                new StackOptions(_home.FullName, Store: StackStorage.Files, Settings: settings), providers, DoctorCommand.Models(settings), host: null, TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(settings);
        }
    }

    private async Task PromoteAsync(string project, OutcomeKind kind, string? provider, string model)
    {
        using var store = new FileBlobStore(new StorageFolders(_home.FullName).Files);
        var version = new ChampionVersion(
            1, $"{project}-0123456789", "tuned", kind, provider, model, $"ft:{model}:x", "", new LabelSet(["1", "5"], false, []), 0.7, DateTimeOffset.UnixEpoch, "rule");
        await store.WriteJsonAsync(RunPaths.Champion(project), new ChampionRecord([version]));
    }
}
