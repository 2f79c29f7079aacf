using System.Diagnostics;
using System.Globalization;

namespace FineTuneFlow.Simulation;

/// <summary>Many seeds, side by side.</summary>
internal static class Campaign
{
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="mostFailures">No further seeds are begun after so many have failed.</param>
    /// <param name="output">Told of failures as they come, and of the whole at the end.</param>
    /// <param name="plant">A fault planted on purpose; null: none.</param>
    /// <returns>The seeds that failed.</returns>
    public static async Task<IReadOnlyList<int>> RunAsync(int first, int count, int parallel, int mostFailures, TextWriter output, Plant? plant = null)
    {
        string planted = plant is null ? "" : $" --plant {plant.Name}";
        PreparedOnce prepared = await PreparedOnce.MakeAsync();
        var failed = new List<int>();
        var clock = Stopwatch.StartNew();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        int done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (seed, _) =>
        {
            lock (failed)
            {
                if (failed.Count >= mostFailures)
                {
                    return;
                }
            }

            IReadOnlyList<string> violations = await SimulatedRun.OfAsync(seed, prepared, plant ?? Plant.None);
            lock (failed)
            {
                done++;
                if (violations.Count > 0)
                {
                    failed.Add(seed);
                    output.WriteLine($"Seed {seed} failed:");
                    foreach (string violation in violations.Take(10))
                    {
                        output.WriteLine($"  {violation}");
                    }

                    output.WriteLine($"  To replay it: dotnet run --project tests/FineTuneFlow.Simulation -c Release -- --seed {seed}{planted}");
                }
            }
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} seeds in {clock.Elapsed.TotalSeconds:0.0} s ({(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / done:0.0} ms of processor time each): {failed.Count} failed"));
        return failed;
    }

    /// <summary>A seed waits now and then for threads of its own, so that two of them keep a processor busy.</summary>
    public static int SideBySide => 2 * Environment.ProcessorCount;

    /// <summary>Plants a fault and runs seeds, from 1 on, until one fails.</summary>
    /// <param name="plant">The fault.</param>
    /// <param name="most">Seeds to try.</param>
    /// <param name="parallel">How many at once.</param>
    /// <returns>The lowest seed that found it and what it noticed; null: none did.</returns>
    public static async Task<(int Seed, string Violation)?> FindAsync(Plant plant, int most, int parallel)
    {
        PreparedOnce prepared = await PreparedOnce.MakeAsync();
        var gate = new Lock();
        (int Seed, string Violation)? found = null;
        await Parallel.ForEachAsync(Enumerable.Range(1, most), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (seed, _) =>
        {
            lock (gate)
            {
                if (found?.Seed < seed)
                {
                    return;
                }
            }

            if (await SimulatedRun.OfAsync(seed, prepared, plant) is [var violation, ..])
            {
                lock (gate)
                {
                    found = found?.Seed < seed ? found : (seed, violation.Split('\n')[0]);
                }
            }
        });
        return found;
    }
}
