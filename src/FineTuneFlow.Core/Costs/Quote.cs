using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>What a run would cost, before anything is paid. On the simulator list prices count, towards approval and budget too,
/// so that both can be rehearsed.</summary>
public sealed record Quote
{
    public required string Currency { get; init; }
    public required DateOnly PricesAsOf { get; init; }
    public required string PriceSource { get; init; }
    public required ImmutableArray<CandidateQuote> Candidates { get; init; }
    public required Estimate TotalUsd { get; init; }
    /// <summary>What is really to be paid: the total without simulated candidates.</summary>
    public required Estimate PayableUsd { get; init; }
    public required BudgetRecipe Budget { get; init; }
    /// <summary>What earlier runs had taught about tokens, already in the figures above; null: nothing yet.</summary>
    public TokenCalibration? Calibration { get; init; }
    /// <summary>The upper estimate is above <see cref="BudgetRecipe.ApproveAbove"/>, or a price is not known.</summary>
    public required bool NeedsApproval { get; init; }
    /// <summary>The upper estimate is above <see cref="BudgetRecipe.Usd"/>.</summary>
    public required bool OverBudget { get; init; }

    /// <summary>Prices every candidate.</summary>
    public static Quote Make(QuoteInput input, PriceBook? prices = null)
    {
        PriceBook book = prices ?? PriceBook.Default;
        ImmutableArray<CandidateQuote> candidates = [.. input.Candidates.Select(candidate => WithWindow(CandidatePricing.Price(candidate, input, book), input.LongTexts))];
        Estimate total = candidates.Aggregate(Estimate.Zero, (sum, candidate) => sum + candidate.TotalUsd);
        return new Quote
        {
            Currency = book.Currency,
            PricesAsOf = book.AsOf,
            PriceSource = book.Source,
            Candidates = candidates,
            TotalUsd = total,
            PayableUsd = candidates.Where(candidate => !candidate.Simulated).Aggregate(Estimate.Zero, (sum, candidate) => sum + candidate.TotalUsd),
            Budget = input.Budget,
            Calibration = input.Calibration,
            NeedsApproval = total.High > input.Budget.ApproveAbove || candidates.Any(candidate => candidate.Unpriced),
            OverBudget = total.High > input.Budget.Usd,
        };
    }

    /// <summary>Says which texts are longer than what the model takes, before money is spent on cutting or refusing them.</summary>
    private static CandidateQuote WithWindow(CandidateQuote candidate, ImmutableArray<LongText> texts)
    {
        if (ModelBook.Default.WindowOf(candidate.Model) is not { } window)
        {
            return candidate;
        }

        LongText[] longer = [.. texts.Where(text => text.Tokens > window)];
        return longer.Length == 0 ? candidate : candidate with
        {
            Notes = candidate.Notes.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{(longer.Length == texts.Length ? "at least " : "")}{longer.Length} {(longer.Length == 1 ? "text is" : "texts are")} longer than the {window:N0} tokens that {candidate.Model} takes (lines {string.Join(", ", longer.Take(10).Select(text => text.Line))}): they are cut or refused; dataset.cleaning.maxTokens shortens or rejects them")),
        };
    }
}

/// <summary>One candidate's share of a quote.</summary>
public sealed record CandidateQuote
{
    public required string Name { get; init; }
    public required string Model { get; init; }
    public bool Simulated { get; init; }
    /// <summary>True: the price book has no price for it, and the USD below are too low.</summary>
    public bool Unpriced { get; init; }
    /// <summary>Billed training tokens: those of the file times the epochs.</summary>
    public Estimate TrainingTokens { get; init; } = Estimate.Zero;
    public Estimate TrainingUsd { get; init; } = Estimate.Zero;
    public Estimate PromptTokens { get; init; } = Estimate.Zero;
    public Estimate CompletionTokens { get; init; } = Estimate.Zero;
    public Estimate EvaluationUsd { get; init; } = Estimate.Zero;
    /// <summary>A deployment for the evaluation, or the machine of a container job.</summary>
    public Estimate HostingUsd { get; init; } = Estimate.Zero;
    /// <summary>USD an hour for the deployment in which it stands as champion, which is not in <see cref="TotalUsd"/>; null: it needs none.</summary>
    public double? ServingUsdPerHour { get; init; }
    /// <summary>Asking kept checkpoints about the validation split, to choose the one that is judged.</summary>
    public Estimate SelectionUsd { get; init; } = Estimate.Zero;
    public Estimate TotalUsd => TrainingUsd + EvaluationUsd + HostingUsd + SelectionUsd;
    /// <summary>What a person should know about these figures.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
