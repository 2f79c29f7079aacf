using System.Collections.Immutable;
using System.Diagnostics;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Benchmarks.Evaluation;

/// <summary>Times scoring and comparing, all metrics, intervals, slices and paired tests included, 1,000 bootstrap resamples.</summary>
internal static class ScoreSpeed
{
    public static void Run(int rows, int candidates, int labels, int resamples)
    {
        var random = new Random(1);
        ImmutableArray<string> names = [.. Enumerable.Range(1, labels).Select(i => $"{i:D3}")];
        var set = new LabelSet(names, Ordered: labels <= 10, Good: labels <= 10 ? [.. names.TakeLast(2)] : []);
        var truth = new int[rows];
        var hard = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            truth[i] = random.Next(labels);
            hard[i] = random.NextDouble();
        }

        DatasetRow[] holdout = [.. truth.Select(label => new DatasetRow($"{random.NextInt64():x16}", new string('x', 60), names[label]))];
        NamedPredictions[] given =
        [
            .. Enumerable.Range(0, candidates).Select(candidate => new NamedPredictions(
                $"candidate-{candidate}",
                [
                    .. holdout.Select((row, i) =>
                    {
                        // Candidates fail on the same hard rows more often than not, as real ones do.
                        bool right = hard[i] + (random.NextDouble() * 0.3) < 0.85 + (candidate * 0.01);
                        int said = right ? truth[i] : random.Next(labels);
                        double sure = 0.5 + (random.NextDouble() / 2);
                        return new Prediction
                        {
                            Id = row.Id,
                            Label = names[said],
                            LatencyMs = 100 + (100 * random.NextDouble()),
                            // Top five, as a service lists them.
                            Probabilities = Enumerable.Range(0, Math.Min(5, labels)).Select(k => KeyValuePair.Create(names[(said + k) % labels], k == 0 ? sure : (1 - sure) / 4))
                                .ToImmutableSortedDictionary(StringComparer.Ordinal),
                        };
                    }),
                ])),
        ];
        GC.Collect();
        Console.WriteLine($"{rows:N0} rows, {candidates} candidates ({(long)rows * candidates:N0} predictions), {labels} labels, {resamples:N0} resamples, {Environment.ProcessorCount} cores");
        for (int round = 0; round < 3; round++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            Scorecard card = Scorecard.Of(set, holdout, given, new ScoringOptions { Resamples = resamples });
            clock.Stop();
            TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - before;
            Console.WriteLine($"  {clock.Elapsed.TotalSeconds:F2} s, processor time {used.TotalSeconds:F2} s; accuracy {card.Metrics[0].Accuracy:P2}, macro F1 {card.Metrics[0].MacroF1:F4}, {card.Comparisons.Length} comparisons");
        }
    }
}
