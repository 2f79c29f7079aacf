using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>What the host keeps and says about its runs: references only, and always the same again. Three runs, one that goes well, one
/// whose provider and data are as unkind as they can be, so that errors quote texts, and one after it.</summary>
public class PrivacyTests(Azurite azurite)
{
    private const string Key = "sk-private-0123456789abcdef";
    private const string Prompt = "You are the secret oracle of the stars";
    private const string Recipe = """
        { "candidates": [
            { "name": "one", "provider": "simulator", "model": "babbage-002", "epochs": 1 },
            { "name": "two", "continueFrom": "one", "epochs": 1 },
            { "name": "chat", "model": "gpt-3.5-turbo", "epochs": 1, "systemPrompt": "You are the secret oracle of the stars" },
            { "name": "shots", "kind": "prompt", "model": "gpt-4.1-mini", "shots": 3, "systemPrompt": "You are the secret oracle of the stars" } ],
          "baselines": [ { "name": "linear" } ], "budget": { "approveAbove": 50 }, "evaluation": { "chunkRows": 10 } }
        """;

    [Fact(Timeout = 300_000)]
    public async Task History_status_and_logs_hold_no_text_prompt_or_key_and_every_prefix_of_a_history_replays()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-private-");
        await using WebApplication simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = Path.Combine(folder.FullName, "simulator"), Speed = 20, Key = Key,
        });
        await simulator.StartAsync();
        await using WebApplication host = LocalHost.Build(
        [
            "--FTF_HOME", folder.FullName, "--DropWatchSeconds", "86400", "--Port", "0", "--Datasets", azurite.ConnectionString, "--LogLevel", "Trace", "--Logging:Console:LogLevel:Default", "None",
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/", "--Providers:simulator:Key", Key,
        ]);
        var log = new EveryLine();
        host.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await host.StartAsync();
        string csv = HostFixture.Reviews(200, seed: 7) + "\"this review, which nobody may ever see, has no label\",\n";
        RunView good = await HostedRun.EndedAsync(host, "private-good", csv, Recipe);
        good.Outcome.ShouldBe(RunOutcome.Succeeded, good.Failure?.ToString());
        await HostedRun.FaultsAsync(simulator, """
            { "seed": 3, "rules": [ { "match": "POST /v1/completions", "probability": 0.1, "action": "serverError" },
              { "match": "POST /v1/chat/completions", "action": "insufficientQuota", "calls": [9] }, { "match": "JOB", "calls": [1], "action": "failJob" },
              { "match": "POST /v1/files", "calls": [1, 3], "action": "lostAnswer" }, { "match": "POST /v1/fine_tuning/jobs", "calls": [2], "action": "lostAnswer" } ] }
            """, Key);
        RunView bad = await HostedRun.EndedAsync(host, "private-bad", csv, Recipe);
        bad.Candidates.ShouldContain(c => c.Record.Failure != null);
        await HostedRun.FaultsAsync(simulator, """
            { "rules": [ { "match": "JOB", "calls": [2], "action": "failJob" }, { "match": "POST /v1/chat/completions", "probability": 0.1, "action": "serverError" } ] }
            """, Key);
        RunView again = await HostedRun.EndedAsync(host, "private-again", csv, Recipe);

        var engine = (DurableEngine)host.Services.GetRequiredService<IDurableClient>();
        // Of the three runs above alone: this host takes no drops of other tests.
        (await Replays.AssertEveryPrefixAsync(engine, WorkflowComposition.Catalog)).ShouldBeGreaterThan(200);
        string[] secrets = await SecretsAsync(host, good.RunId, bad.RunId, again.RunId);
        secrets.Length.ShouldBeGreaterThan(150);
        await host.StopAsync();
        string[] kept = [.. Rows(Path.Combine(folder.FullName, "engine.db")), .. log.Lines];
        kept.Length.ShouldBeGreaterThan(500);
        kept.SelectMany(line => secrets.Where(secret => line.Contains(secret, StringComparison.Ordinal)).Select(secret => $"\"{secret}\" in {line}"))
            .Take(5).ShouldBeEmpty();
        // The search itself finds what is there.
        kept.ShouldContain(line => line.Contains(good.RunId, StringComparison.Ordinal) && line.Contains("PrepareDataset", StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    /// <summary>All texts of the data sets as they were prepared, the rejected one, the prompt and the key.</summary>
    private static async Task<string[]> SecretsAsync(WebApplication host, params string[] runs)
    {
        IBlobStore store = host.Services.GetRequiredService<IBlobStore>();
        var secrets = new HashSet<string> { Key, Prompt, "which nobody may ever see" };
        foreach (string run in runs)
        {
            foreach (Split split in Enum.GetValues<Split>())
            {
                secrets.UnionWith((await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(run, split))).Select(r => r.Text));
            }
        }

        return [.. secrets];
    }

    /// <summary>Every row of every table as text.</summary>
    private static List<string> Rows(string database)
    {
        var rows = new List<string>();
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        foreach (string table in Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table'"))
        {
            rows.AddRange(Read(connection, $"SELECT * FROM {table}"));
        }

        return rows;
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    /// <summary>Whatever is logged, by whomever, at whatever level, scopes and exceptions included.</summary>
    private sealed class EveryLine : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Logger(EveryLine all, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var line = new StringBuilder($"{category}: {formatter(state, exception)} {exception}");
                all._scopes?.ForEachScope((scope, text) => text.Append(' ').Append(scope), line);
                all.Lines.Enqueue(line.ToString());
            }
        }
    }
}
