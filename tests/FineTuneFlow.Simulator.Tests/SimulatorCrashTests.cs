using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Bookkeeping;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>Killed at random moments under load, the simulator forgets nothing that it has answered.</summary>
public sealed class SimulatorCrashTests : IDisposable
{
    private const int Kills = 5;
    private static readonly string Data = Reviews.Chat(Reviews.Make(12));
    private readonly string _state = Directory.CreateTempSubdirectory("simulator-").FullName;
    private readonly ConcurrentDictionary<string, string> _files = new();
    private readonly ConcurrentDictionary<string, byte> _jobs = new();
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private int _attempts;
    private int _answers;
    private int _until;
    private TaskCompletionSource _reached = new();

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData(20261122)]
    public async Task Whatever_was_answered_is_there_after_a_kill(long seed)
    {
        var random = new StableRandom(seed);
        for (int kill = 0; kill < Kills; kill++)
        {
            await using SimulatorProcess simulator = await SimulatorProcess.StartAsync(_state, "--speed", "20");
            await CheckAsync(simulator);
            _until = _answers + 20 + random.Below(150);
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task work = Task.WhenAll(
                WorkAsync(i => UploadAsync(simulator, i)), WorkAsync(i => CreateAsync(simulator, i)), WorkAsync(i => AskAsync(simulator, i)));
            await Task.WhenAny(_reached.Task, work);
            await simulator.KillAsync();
            await work;
        }

        await using SimulatorProcess last = await SimulatorProcess.StartAsync(_state, "--speed", "50");
        await CheckAsync(last);
        foreach (string job in _jobs.Keys)
        {
            await last.WaitForJobAsync(job, "succeeded");
        }
    }

    private async Task CheckAsync(SimulatorProcess simulator)
    {
        foreach ((string file, string content) in _files)
        {
            (await simulator.Client.GetStringAsync($"/v1/files/{file}/content")).ShouldBe(content);
        }

        JsonNode ledger = await simulator.GetAsync("/simulator/ledger?rows=true");
        HashSet<string> known = [.. ledger["jobs"]!.AsArray().Select(job => job!["id"]!.GetValue<string>())];
        foreach (string job in _jobs.Keys)
        {
            known.ShouldContain(job);
            await simulator.GetAsync($"/v1/fine_tuning/jobs/{job}");
        }

        JsonNode? rows = ledger["inference"]!["gpt-4o"]?["rows"];
        foreach ((string row, int times) in _asked)
        {
            rows![row]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(times);
        }
    }

    /// <summary>Goes on until the process is gone.</summary>
    private async Task WorkAsync(Func<int, Task> act)
    {
        while (true)
        {
            try
            {
                await act(Interlocked.Increment(ref _attempts));
                if (Interlocked.Increment(ref _answers) >= _until)
                {
                    _reached.TrySetResult();
                }
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                return;
            }
            catch (HttpRequestException)
            {
                // 429: three jobs are active.
            }
        }
    }

    private async Task UploadAsync(SimulatorProcess simulator, int i)
    {
        string content = Data.Replace("the", $"the{i}", StringComparison.Ordinal);
        _files[await simulator.UploadAsync(content)] = content;
    }

    private async Task CreateAsync(SimulatorProcess simulator, int i)
    {
        string file = _files.Keys.FirstOrDefault() ?? throw new HttpRequestException("nothing to train on yet", null, System.Net.HttpStatusCode.NotFound);
        _jobs[await simulator.CreateJobAsync(file, $"{i}")] = 0;
    }

    private async Task AskAsync(SimulatorProcess simulator, int i)
    {
        string text = $"row {i % 10}";
        await simulator.SendAsync("/v1/chat/completions", $$$"""{"model":"gpt-4o","messages":[{"role":"user","content":"{{{text}}}"}]}""");
        _asked.AddOrUpdate(RowHash.Of(text), 1, (_, times) => times + 1);
    }
}
