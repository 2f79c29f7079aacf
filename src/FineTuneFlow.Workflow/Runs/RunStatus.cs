using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>The custom status of a run, which engines keep only up to 16 KB. A run of very many candidates shows each by a letter, in
/// the order of run.json; what else is known of them stands there.</summary>
/// <param name="Project">The run's.</param>
/// <param name="Stage">What is being done, stored in words.</param>
/// <param name="Quote">Totals always, figures by candidate where there is room.</param>
/// <param name="SpentUsd">Up to now.</param>
/// <param name="Candidates">Empty where <paramref name="States"/> stands for them.</param>
/// <param name="States">One letter a candidate: the first of its <see cref="CandidateState"/>.</param>
/// <param name="Waits">What the stage waits for, for a person.</param>
public sealed record RunStatus(
    string Project,
    [property: JsonConverter(typeof(StageWords.Converter))] RunStage Stage,
    QuoteSummary? Quote,
    double SpentUsd,
    ImmutableArray<CandidateRecord> Candidates,
    string? States = null,
    string? Waits = null)
{
    /// <summary>Bytes of JSON; engines count more for what lies around it.</summary>
    private const int Most = 12 * 1024;

    private static readonly CandidateState[] AllStates = Enum.GetValues<CandidateState>();

    public static RunStatus Of(RunRecord record, RunStage stage, string? waits = null)
    {
        var whole = new RunStatus(record.Project, stage, record.Quote, record.SpentUsd, record.Candidates, Waits: waits);
        if (whole.Fits)
        {
            return whole;
        }

        RunStatus withoutFigures = whole with
        {
            Quote = record.Quote is null ? null : record.Quote with
            {
                HighByCandidate = ImmutableSortedDictionary<string, double>.Empty, AskingByCandidate = ImmutableSortedDictionary<string, double>.Empty,
            },
        };
        return withoutFigures.Fits
            ? withoutFigures
            : withoutFigures with { Candidates = [], States = string.Concat(record.Candidates.Select(c => c.State.ToString()[0])) };
    }

    /// <summary>The candidates as they stand, with what run.json knows of them.</summary>
    public ImmutableArray<CandidateRecord> CandidatesOf(RunRecord? record) =>
        States is null || record is null || record.Candidates.Length != States.Length
            ? Candidates
            : [.. record.Candidates.Select((candidate, i) => candidate with { State = StateOf(States[i], candidate.State) })];

    private static CandidateState StateOf(char letter, CandidateState otherwise) =>
        AllStates.Where(state => state.ToString()[0] == letter).DefaultIfEmpty(otherwise).First();

    private bool Fits => JsonSerializer.SerializeToUtf8Bytes(this, FlowJson.Compact).Length <= Most;
}
