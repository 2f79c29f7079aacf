using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>The figures of docs/benchmarks.md: 10,000 runs in the list, 5,000 steps in a timeline, 100,000 judged rows. One real run is
/// multiplied in the engine's database and in storage. Run with <c>--explicit only --filter-class '*ScaleTests'</c>.</summary>
public sealed class ScaleTests(Browser browser)
{
    private const int Runs = 10_000;
    private const int Steps = 5_000;
    private const int Rows = 100_000;

    [Fact(Explicit = true, Timeout = 600_000)]
    public async Task Pages_stay_quick_with_much_to_show()
    {
        await using Stack stack = await Stack.StartAsync();
        string runId = await stack.DropAsync("reviews", stack.Reviews(1500), PagesFixture.Recipe);
        (await stack.UntilAsync(runId, run => run.EndedAt is not null)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await stack.StopHostAsync();
        Multiply(Path.Combine(stack.Folder, "engine.db"), runId);
        await MultiplyRowsAsync(Path.Combine(stack.Folder, "storage", "runs", runId));
        await stack.StartHostAsync();

        var figures = new List<string>();
        await MeasureAsync(stack, figures, $"list of {Runs:N0} runs", "/ui/runs", "table.runs tbody tr");
        await MeasureAsync(stack, figures, $"timeline of {Steps:N0} steps", $"/ui/runs/{runId}/timeline", ".span");
        await MeasureAsync(stack, figures, $"history of {Steps:N0} steps", $"/ui/runs/{runId}/history", "table.history tbody tr");
        await MeasureAsync(stack, figures, $"{Rows:N0} rows, first look", $"/ui/runs/{runId}/compare?show=all", "article.row");
        await MeasureAsync(stack, figures, $"{Rows:N0} rows, after that", $"/ui/runs/{runId}/compare?show=all", "article.row", scroll: ".virtual");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', figures));
        await File.WriteAllLinesAsync(Path.Combine(Path.GetTempPath(), "dashboard-scale.txt"), figures);
    }

    private async Task MeasureAsync(Stack stack, List<string> figures, string what, string address, string shown, string? scroll = null)
    {
        await using Tab tab = await browser.OpenAsync(stack.Address);
        await tab.Page.GotoAsync(address);
        await tab.Page.Locator(shown).First.WaitForAsync(new LocatorWaitForOptions { Timeout = 60_000 });
        double data = await tab.Page.EvaluateAsync<double>("performance.now()");
        double paint = await tab.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1");
        string line = string.Create(CultureInfo.InvariantCulture, $"{what}: first paint {paint:0} ms, data shown {data:0} ms");
        if (scroll is not null)
        {
            double[] frames = await tab.Page.EvaluateAsync<double[]>(
                """
                selector => new Promise(done => {
                  const box = document.querySelector(selector);
                  const frames = [];
                  let last = performance.now();
                  function step(now) {
                    frames.push(now - last);
                    last = now;
                    box.scrollTop += 60;
                    if (frames.length < 180) requestAnimationFrame(step); else done(frames);
                  }
                  requestAnimationFrame(step);
                })
                """,
                scroll);
            double[] ordered = [.. frames.Order()];
            line += string.Create(CultureInfo.InvariantCulture, $", scrolling: median frame {ordered[ordered.Length / 2]:0.0} ms, 95 % {ordered[(int)(ordered.Length * 0.95)]:0.0} ms");
        }

        figures.Add(line);
        tab.ShouldBeWell();
    }

    /// <summary>Copies of the run under other ids, and many more steps in its own history.</summary>
    private static void Multiply(string database, string runId)
    {
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        Execute($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Runs - 1})
            INSERT INTO instances(id, name, version, status, begun, execution, generation, created_at, updated_at, ended_at, input, output, failure, custom_status)
            SELECT 'reviews-' || printf('%010x', i), name, version, status, begun, execution, generation,
              created_at - i * 600000000, updated_at - i * 600000000, ended_at - i * 600000000, input, output, failure, custom_status
            FROM instances, n WHERE id = $run
            """);
        Execute($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Steps / 2}),
              pair AS (SELECT h.instance, h.execution, max(h.sequence) AS top, max(h.at) AS at FROM history h JOIN instances s ON s.key = h.instance WHERE s.id = $run)
            INSERT INTO history(instance, execution, sequence, at, kind, step, name, payload)
            SELECT instance, execution, top + i * 2 - 1 + part, at + i * 20000000 + part * 5000000, 1 + part, 100000 + i, 'EvaluateChunk' || (i % 40), '{"{}"}'
            FROM pair, n, (SELECT 0 AS part UNION ALL SELECT 1)
            """);

        void Execute(string sql)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$run", runId);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The judged rows and what each candidate answered, many times over under other ids.</summary>
    private static async Task MultiplyRowsAsync(string run)
    {
        string plan = Path.Combine(run, "evaluation", "plan.json");
        JsonNode facts = JsonNode.Parse(await File.ReadAllTextAsync(plan))!;
        int chunkRows = 500;
        string[] rows = await File.ReadAllLinesAsync(Path.Combine(run, "dataset", "test.jsonl"));
        string[] many = [.. Enumerable.Range(0, Rows).Select(i => Renamed(rows[i % rows.Length], i / rows.Length))];
        await File.WriteAllLinesAsync(Path.Combine(run, "dataset", "test.jsonl"), many);
        int chunk = 0;
        foreach (string[] part in many.Chunk(chunkRows))
        {
            await File.WriteAllLinesAsync(Path.Combine(run, "evaluation", $"{chunk++:D5}.jsonl"), part);
        }

        facts["source"] = $"runs/{Path.GetFileName(run)}/dataset/test.jsonl";
        facts["rows"] = Rows;
        facts["chunks"] = chunk;
        facts["chunkRows"] = chunkRows;
        await File.WriteAllTextAsync(plan, facts.ToJsonString());
        var judged = new JudgedAnswers(
            ReportJson.Read(await File.ReadAllTextAsync(Path.Combine(run, "report.json"))).Labels, [.. many.Select(row => JsonSerializer.Deserialize<DatasetRow>(row, FlowJson.Compact)!)]);
        foreach (string folder in Directory.GetDirectories(Path.Combine(run, "predictions")))
        {
            string[] answers = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];
            string[] all = [.. Enumerable.Range(0, (Rows / rows.Length) + 1).SelectMany(copy => answers.Select(answer => Renamed(answer, copy)))];
            await File.WriteAllLinesAsync(Path.Combine(folder, "00000.jsonl"), all);
            judged.Add(Path.GetFileName(folder), all.Select(answer => JsonSerializer.Deserialize<Prediction>(answer, FlowJson.Compact)!));
        }

        // As the comparison writes it at the end of such a run.
        await File.WriteAllBytesAsync(Path.Combine(run, "evaluation", "answers.bin"), judged.ToBytes());
    }

    private static string Renamed(string line, int copy)
    {
        JsonNode row = JsonNode.Parse(line)!;
        if (copy > 0)
        {
            row["id"] = $"{row["id"]}x{copy}";
        }

        return row.ToJsonString();
    }
}
