using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

public sealed class RunStatusTests
{
    [Theory]
    [InlineData(3, true, true)]
    [InlineData(40, true, false)]
    [InlineData(60, false, false)]
    [InlineData(600, false, false)]
    public void Whatever_a_recipe_asks_the_status_stays_below_what_engines_keep_and_shows_how_each_candidate_stands(int count, bool whole, bool figures)
    {
        RunRecord record = Record(count);

        var status = RunStatus.Of(record, RunStage.Training);

        JsonSerializer.SerializeToUtf8Bytes(status, FlowJson.Compact).Length.ShouldBeLessThan(16 * 1024);
        (status.Candidates.Length == count).ShouldBe(whole);
        (status.Quote!.HighByCandidate.Count == count).ShouldBe(figures);
        status.Quote.HighUsd.ShouldBe(3);
        // As it was written down at the last stage, when all were waiting.
        RunRecord written = record with { Candidates = [.. record.Candidates.Select(c => c with { State = CandidateState.Waiting })] };
        RunStatus read = JsonSerializer.Deserialize<RunStatus>(JsonSerializer.Serialize(status, FlowJson.Compact), FlowJson.Compact)!;
        read.CandidatesOf(written).Select(c => (c.Name, c.State)).ShouldBe(record.Candidates.Select(c => (c.Name, c.State)));
    }

    private static RunRecord Record(int count)
    {
        CandidateState[] states = Enum.GetValues<CandidateState>();
        ImmutableArray<CandidateRecord> candidates =
        [
            .. Enumerable.Range(0, count).Select(i => new CandidateRecord
            {
                Name = $"candidate-with-a-longer-name-{i}",
                Kind = OutcomeKind.FineTune,
                State = states[i % states.Length],
                Provider = "simulator",
                Model = "gpt-4.1-mini-2025-04-14",
                JobId = $"ftjob-{i:D24}",
                TunedModel = $"ft:gpt-4.1-mini-2025-04-14:org:candidate-{i}:abcdef",
                Failure = i % 50 == 4 ? new Failure(FailureKind.JobFailed, "It failed", "Look at it") : null,
            }),
        ];
        var figures = candidates.ToImmutableSortedDictionary(c => c.Name, _ => 1.0, StringComparer.Ordinal);
        var blob = new BlobRef("drops/p/x.csv", new string('0', 64), 1);
        return new RunRecord
        {
            RunId = "p-1", Project = "p", Drop = blob, Recipe = blob, Trigger = "http", Outcome = RunOutcome.Running, StartedAt = DateTimeOffset.UnixEpoch,
            Candidates = candidates, Quote = new QuoteSummary(1, 2, 3, figures, false, 3, figures),
        };
    }
}
