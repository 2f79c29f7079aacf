using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Core.Reports;

/// <summary>What the run has cost, and what a service on its candidates would. USD.</summary>
public sealed record CostReport
{
    /// <summary>Calls on the first day of the projection, their growth a day (the chapter's figure), and how far it looks.</summary>
    private const double Volume = 1000;
    private const double Growth = 0.01;
    private const int Days = 365;
    private const int DaysBetweenPoints = 7;

    /// <summary>What the run has spent.</summary>
    public required double SpentUsd { get; init; }
    /// <summary>What the simulated work would have cost at list price.</summary>
    public double SimulatedUsd { get; init; }
    /// <summary>Upper estimate before the run.</summary>
    public double? QuotedUsd => Reconciliation?.QuotedUsd.High;
    /// <summary>Quoted range and actual cost by candidate; null where the run was not quoted.</summary>
    public Reconciliation? Reconciliation { get; init; }
    /// <summary>The day of the price book that the costs were made with, and where its prices come from.</summary>
    public DateOnly? PricesAsOf { get; init; }
    public string? PriceSource { get; init; }
    public double BudgetUsd { get; init; }
    /// <summary>What each candidate would cost as a service, training included, a point a week; null without a candidate that was
    /// evaluated.</summary>
    public CostProjection? Projection { get; init; }
    /// <summary>Calls within the projected time from which on one candidate is cheaper than another.</summary>
    public ImmutableArray<BreakEven> BreakEvens { get; init; } = [];

    internal static CostReport Of(ReportInput input, ImmutableArray<CandidateReport> candidates)
    {
        ServiceOption[] options = [.. candidates.Where(candidate => candidate.Metrics is not null).Select(Option)];
        CostProjection? projection = options.Length == 0 ? null : CostProjection.Project(options, Volume, Growth, Days);
        return new CostReport
        {
            SpentUsd = input.Candidates.Where(candidate => !candidate.Cost.Simulated).Sum(candidate => candidate.Cost.TotalUsd),
            SimulatedUsd = input.Candidates.Where(candidate => candidate.Cost.Simulated).Sum(candidate => candidate.Cost.TotalUsd),
            Reconciliation = input.Quote is null ? null : Reconcile(input, input.Quote),
            PricesAsOf = input.Quote?.PricesAsOf,
            PriceSource = input.Quote?.PriceSource,
            BudgetUsd = input.Recipe.Budget.Usd,
            Projection = projection is null
                ? null
                : projection with { Days = [.. projection.Days.Where(day => day.Day == 1 || day.Day % DaysBetweenPoints == 0 || day.Day == Days)] },
            BreakEvens = BreakEven.OfAll(options, Days),
        };
    }

    // A candidate that failed may have been paid for all the same: its training, or a part of its evaluation.
    private static Reconciliation Reconcile(ReportInput input, Quote quote) => Reconciliation.Of(
        quote,
        input.Candidates.Where(candidate => candidate.Failure is null || candidate.Cost.TotalUsd > 0).ToDictionary(candidate => candidate.Name, candidate => candidate.Cost, StringComparer.Ordinal),
        input.Candidates.Select(candidate => (long)candidate.Predictions.Count).DefaultIfEmpty(0).Max());

    // The evaluation has measured what a call costs; the machine or deployment behind it would stand all day.
    private static ServiceOption Option(CandidateReport candidate)
    {
        CandidateCost cost = candidate.Cost;
        bool trainedByMachine = candidate.Kind is OutcomeKind.ContainerBaseline or OutcomeKind.Encoder;
        // An encoder answers inside the host, whatever machine has trained it.
        bool machineStays = candidate.Kind != OutcomeKind.Encoder && cost.HostingHours > 0;
        return UnitCost.OptionOf(
            candidate.Name,
            candidate.Model,
            cost,
            candidate.Metrics!.N,
            fixedUsd: cost.TrainingUsd + (trainedByMachine ? cost.HostingUsd : 0),
            usdPerDay: machineStays ? cost.HostingUsd / cost.HostingHours!.Value * 24 : 0);
    }
}
