using System.Diagnostics;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Benchmarks.Engine;

/// <summary>Each figure on a database of its own, with every step durable (WAL, synchronous=FULL).</summary>
internal sealed class Measurements(string folder)
{
    private const int Open = 10_000;
    private static readonly ServiceProvider Services = new ServiceCollection().BuildServiceProvider();

    public async IAsyncEnumerable<(string Figure, string Measured, string Target)> AllAsync()
    {
        yield return ("sync of a 4 KB append on this disk", $"{SyncMilliseconds():0.00} ms", "");
        await RunAsync("warm", engine => FanOutAsync(engine, 4, 500));
        yield return ("fan-out: 10 runs of 1,000 activities", $"{await RunAsync("fan", e => FanOutAsync(e, 10, 1_000)):N0} completions/s", "2,000");
        yield return ("sequence: 1 run of 2,000 activities", $"{await RunAsync("seq1", e => SequenceAsync(e, 1, 2_000)):N0} steps/s", "500");
        yield return ("sequence: 50 runs of 200 activities side by side", $"{await RunAsync("seq50", e => SequenceAsync(e, 50, 200)):N0} steps/s", "");
        yield return ("events: 100 senders to 100 runs, each waiting for the last one's effect", $"{await RunAsync("events", EventsAsync):N0} events/s", "");
        (double half, double late) = await RunAsync("latency", LatencyAsync);
        yield return ("start to first activity, one at a time", $"p50 {half:0.0} ms, p95 {late:0.0} ms", "");
        yield return ($"{Open:N0} runs waiting for a timer", await RunAsync("wait", e => WaitingAsync(e, Workloads.Wait, 30)), "5 % of a core");
        yield return ($"{Open:N0} runs, each calling an activity every 5 min", await RunAsync("poll", e => WaitingAsync(e, Workloads.Poll, 300)), "");
        yield return ($"start after SIGKILL with {Open:N0} open runs", await RecoveryAsync(), "");
        yield return ("database per run of 20 activities", await SizeAsync(), "");
        await ReplayAsync(1_000); // Warm.
        foreach (int steps in new[] { 500, 1_000, 2_000, 4_000 })
        {
            yield return ($"run of {steps:N0} steps, then replay after restart", await ReplayAsync(steps), "linear");
        }
    }

    public static async Task HoldAsync(string database, int count)
    {
        await using DurableEngine engine = Make(database);
        await engine.StartAsync();
        await StartAllAsync(engine, Workloads.Wait, count, 30);
        await engine.WhenIdleAsync();
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    private static DurableEngine Make(string database) => new(
        new EngineOptions { DatabasePath = database }, Workloads.Catalog, Services, TimeProvider.System, NullLoggerFactory.Instance);

    private async Task<T> RunAsync<T>(string name, Func<DurableEngine, Task<T>> measure)
    {
        await using DurableEngine engine = Make(Path.Combine(folder, name + ".db"));
        await engine.StartAsync();
        return await measure(engine);
    }

    private double SyncMilliseconds()
    {
        using FileStream file = File.Create(Path.Combine(folder, "sync"));
        byte[] page = new byte[4_096];
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds / 200;
    }

    private static Task StartAllAsync(DurableEngine engine, OrchestrationName<int, int> name, int count, int input) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 256 },
        async (i, cancellation) => await engine.StartAsync(name, $"{name.Name}-{i}", input, cancellation));

    private static async Task<double> FanOutAsync(DurableEngine engine, int runs, int each)
    {
        long began = Stopwatch.GetTimestamp();
        await StartAllAsync(engine, Workloads.FanOut, runs, each);
        await engine.WhenIdleAsync();
        return runs * each / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> SequenceAsync(DurableEngine engine, int runs, int each)
    {
        long began = Stopwatch.GetTimestamp();
        await StartAllAsync(engine, Workloads.Sequence, runs, each);
        await engine.WhenIdleAsync();
        return runs * each / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> EventsAsync(DurableEngine engine)
    {
        const int Runs = 100, Each = 100;
        await StartAllAsync(engine, Workloads.Events, Runs, Each);
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(async run =>
        {
            for (int i = 0; i < Each; i++)
            {
                await engine.RaiseEventAsync($"Events-{run}", Workloads.Tick, i);
            }
        }));
        return Runs * Each / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<(double Half, double Late)> LatencyAsync(DurableEngine engine)
    {
        var times = new List<double>();
        for (int i = 0; i < 300; i++)
        {
            var begun = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Workloads.Began = _ => begun.TrySetResult(Stopwatch.GetTimestamp());
            long start = Stopwatch.GetTimestamp();
            await engine.StartAsync(Workloads.Sequence, $"l-{i}", 1);
            times.Add(Stopwatch.GetElapsedTime(start, await begun.Task).TotalMilliseconds);
            await engine.WhenIdleAsync();
        }

        Workloads.Began = _ => { };
        times.Sort();
        return (times[times.Count / 2], times[times.Count * 95 / 100]);
    }

    private static async Task<string> WaitingAsync(DurableEngine engine, OrchestrationName<int, int> name, int input)
    {
        await StartAllAsync(engine, name, Open, input);
        await Task.Delay(TimeSpan.FromSeconds(2));
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(10));
        process.Refresh();
        double share = (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(began);
        return $"{share:P2} of a core, {process.WorkingSet64 / 1e6:0} MB";
    }

    private async Task<string> RecoveryAsync()
    {
        string database = Path.Combine(folder, "recovery.db");
        using Process held = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["hold", database, $"{Open}"]) { RedirectStandardOutput = true })!;
        await held.StandardOutput.ReadLineAsync();
        held.Kill();
        await held.WaitForExitAsync();
        long began = Stopwatch.GetTimestamp();
        await using DurableEngine engine = Make(database);
        await engine.StartAsync();
        double open = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await engine.StartAsync(Workloads.Sequence, "first", 1);
        await engine.WhenIdleAsync();
        return $"{open:N0} ms, first new run done after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:N0} ms";
    }

    private async Task<string> SizeAsync()
    {
        const int Runs = 500;
        string database = Path.Combine(folder, "size.db");
        await using (DurableEngine engine = Make(database))
        {
            await engine.StartAsync();
            await SequenceAsync(engine, Runs, 20);
        }

        // The last connection to close has moved the log into the file.
        return $"{new FileInfo(database).Length / Runs:N0} bytes";
    }

    private async Task<string> ReplayAsync(int steps)
    {
        string database = Path.Combine(folder, $"replay-{steps}-{Guid.NewGuid():N}.db");
        long began = Stopwatch.GetTimestamp();
        await using (DurableEngine engine = Make(database))
        {
            await engine.StartAsync();
            await engine.StartAsync(Workloads.SequenceThenWait, "r", steps);
            await engine.WhenIdleAsync();
        }

        double run = Stopwatch.GetElapsedTime(began).TotalMicroseconds / steps;
        await using DurableEngine again = Make(database);
        await again.StartAsync();
        began = Stopwatch.GetTimestamp();
        await again.RaiseEventAsync("r", Workloads.Tick, 1);
        double replay = Stopwatch.GetElapsedTime(began).TotalMicroseconds / steps;
        return $"{run:N0} µs a step; replay {replay:0.0} µs a step";
    }
}
