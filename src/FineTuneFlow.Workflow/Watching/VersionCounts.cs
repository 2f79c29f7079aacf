using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>What a version was asked and answered, in counts alone: no texts. Counters that only grow, and so the one record here that
/// changes in place; whoever shares one guards it.</summary>
public sealed class VersionCounts
{
    /// <summary>Upper edges of the groups of lengths in characters; the last group is open.</summary>
    public static readonly int[] LengthEdges = [20, 80, 320, 1280];

    /// <summary>Upper edges of the groups of shares of words that no training text had.</summary>
    public static readonly double[] UnknownEdges = [0.001, 0.1, 0.25, 0.5];

    /// <summary>Upper edges in milliseconds of the groups of latencies.</summary>
    public static readonly double[] LatencyEdges = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    /// <summary>Texts that were asked.</summary>
    public long Texts { get; set; }

    /// <summary>Texts without an answer.</summary>
    public long Errors { get; set; }

    /// <summary>Answers by label.</summary>
    public SortedDictionary<string, long> Labels { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Answers by their probability in ten equal groups; those without probabilities are not in it.</summary>
    public long[] Confidence { get; set; } = new long[10];

    /// <summary>Texts by <see cref="LengthEdges"/>.</summary>
    public long[] Lengths { get; set; } = new long[LengthEdges.Length + 1];

    /// <summary>Texts by <see cref="UnknownEdges"/>; none where the version keeps no vocabulary.</summary>
    public long[] UnknownWords { get; set; } = new long[UnknownEdges.Length + 1];

    /// <summary>Answers by <see cref="LatencyEdges"/>.</summary>
    public long[] Latency { get; set; } = new long[LatencyEdges.Length + 1];

    /// <summary>Of all answers, in milliseconds.</summary>
    public double LatencyMs { get; set; }

    /// <summary>What the answers cost; list prices where simulated.</summary>
    public double CostUsd { get; set; }

    /// <summary>Answers that this version gave beside the one that was answered.</summary>
    public long Shadowed { get; set; }

    /// <summary>Those of them with the same label.</summary>
    public long Agreed { get; set; }

    /// <summary>Counts a text and its answer.</summary>
    /// <param name="characters">Of the text.</param>
    /// <param name="unknown">Share of its words that no training text had; null: not known.</param>
    /// <param name="answer">What was said.</param>
    /// <param name="usd">What that cost.</param>
    public void Add(int characters, double? unknown, Prediction answer, double usd)
    {
        Texts++;
        Lengths[Group(LengthEdges, characters)]++;
        if (unknown is { } share)
        {
            UnknownWords[Group(UnknownEdges, share)]++;
        }

        CostUsd += usd;
        if (answer.LatencyMs is { } ms)
        {
            LatencyMs += ms;
            Latency[Group(LatencyEdges, ms)]++;
        }

        if (answer.Label is not { } label)
        {
            Errors++;
            return;
        }

        Labels[label] = Labels.GetValueOrDefault(label) + 1;
        if (answer.Probabilities?.GetValueOrDefault(label) is { } confidence)
        {
            Confidence[Math.Clamp((int)(confidence * 10), 0, 9)]++;
        }
    }

    public void Add(VersionCounts other)
    {
        Texts += other.Texts;
        Errors += other.Errors;
        LatencyMs += other.LatencyMs;
        CostUsd += other.CostUsd;
        Shadowed += other.Shadowed;
        Agreed += other.Agreed;
        foreach ((string label, long count) in other.Labels)
        {
            Labels[label] = Labels.GetValueOrDefault(label) + count;
        }

        foreach ((long[] own, long[] added) in new[]
        {
            (Confidence, other.Confidence), (Lengths, other.Lengths), (UnknownWords, other.UnknownWords), (Latency, other.Latency),
        })
        {
            for (int i = 0; i < own.Length && i < added.Length; i++)
            {
                own[i] += added[i];
            }
        }
    }

    /// <summary>Upper edge of the group below which 95 % of the latencies lie, in milliseconds; null without any, infinite in the last group.</summary>
    public double? Latency95()
    {
        long all = Latency.Sum();
        long passed = 0;
        for (int i = 0; i < Latency.Length && all > 0; i++)
        {
            passed += Latency[i];
            if (passed >= 0.95 * all)
            {
                return i < LatencyEdges.Length ? LatencyEdges[i] : double.PositiveInfinity;
            }
        }

        return null;
    }

    private static int Group(int[] edges, int value)
    {
        int group = 0;
        while (group < edges.Length && value > edges[group])
        {
            group++;
        }

        return group;
    }

    private static int Group(double[] edges, double value)
    {
        int group = 0;
        while (group < edges.Length && value > edges[group])
        {
            group++;
        }

        return group;
    }
}
