using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Costs;

/// <summary>What several ways of running a service cost day by day while its volume grows.</summary>
public sealed record CostProjection
{
    public required ImmutableArray<ServiceOption> Options { get; init; }
    /// <summary>Calls on the first day.</summary>
    public required double Volume { get; init; }
    /// <summary>Share by which the volume grows each day: 0.01 is 1 %.</summary>
    public required double Growth { get; init; }
    /// <summary>From 1 to 3,650, one entry a day.</summary>
    public required ImmutableArray<ProjectedDay> Days { get; init; }
    /// <summary>The cheapest way over all days.</summary>
    public required string Cheapest { get; init; }

    /// <summary>The five options of the chapter's first figure at the prices of May 2024: a review of 50 tokens, an answer of one;
    /// training not counted.</summary>
    public static ImmutableArray<ServiceOption> ChapterOptions(PriceBook? prices = null)
    {
        PriceBook book = prices ?? PriceBook.Default;
        AskingPrice asked = book.Asking("simulator", "gpt-3.5-turbo", tuned: false)!;
        AskingPrice tuned = book.Asking("simulator", "gpt-3.5-turbo", tuned: true)!;
        AskingPrice babbage = book.Asking("simulator", "babbage-002", tuned: true)!;
        return
        [
            Option("just ask", "gpt-3.5-turbo, untuned", 50, 1, asked),
            Option("few-shot", "gpt-3.5-turbo with examples in the prompt", 150, 1, asked),
            Option("few-shot, chain of thought", "gpt-3.5-turbo with examples, thinking aloud", 150, 100, asked),
            Option("fine-tuned gpt-3.5-turbo", "gpt-3.5-turbo, fine-tuned", 50, 1, tuned),
            Option("fine-tuned babbage", "babbage-002, fine-tuned", 50, 1, babbage),
        ];
    }

    /// <summary>Projects the cost of each option.</summary>
    /// <param name="options">At least one; names are unique.</param>
    /// <param name="volume">Calls on the first day; 0 to 10^12.</param>
    /// <param name="growth">Share by which the volume grows each day; -0.5 to 1.</param>
    /// <param name="days">1 to 3,650.</param>
    /// <exception cref="FlowException">InvalidInput: outside of these, or too large to count.</exception>
    public static CostProjection Project(IEnumerable<ServiceOption> options, double volume, double growth, int days)
    {
        ImmutableArray<ServiceOption> all = [.. options];
        Check(all.Length > 0, "options", "there is no option to project", "Give at least one.");
        Check(all.DistinctBy(option => option.Name).Count() == all.Length, "options", "two options have the same name", "Rename one of them.");
        Check(volume is >= 0 and <= 1e12, "volume", "the volume is not between 0 and 1,000,000,000,000 calls a day", "Give calls on the first day.");
        Check(growth is >= -0.5 and <= 1, "growth", "the growth is not between -0.5 and 1", "Give it as a share a day: 0.01 is 1 %.");
        Check(days is >= 1 and <= 3650, "days", "the days are not between 1 and 3,650", "Give how many days to look ahead.");
        double last = volume * Math.Pow(1 + growth, days - 1);
        Check(last <= 1e15, "growth", $"a volume that grows by {growth:P0} a day passes all the people there are", "Give a smaller growth or fewer days.");

        var projected = ImmutableArray.CreateBuilder<ProjectedDay>(days);
        var spent = all.Select(option => option.FixedUsd).ToArray();
        for (int day = 1; day <= days; day++)
        {
            double calls = volume * Math.Pow(1 + growth, day - 1);
            ImmutableArray<double> usd = [.. all.Select(option => option.UsdPerDay + (option.UsdPerCall * calls))];
            for (int i = 0; i < spent.Length; i++)
            {
                spent[i] += usd[i];
            }

            projected.Add(new ProjectedDay(day, calls, usd, [.. spent]));
        }

        return new CostProjection
        {
            Options = all,
            Volume = volume,
            Growth = growth,
            Days = projected.MoveToImmutable(),
            Cheapest = all[Array.IndexOf(spent, spent.Min())].Name,
        };
    }

    private static ServiceOption Option(string name, string description, double prompt, double completion, AskingPrice price) => new()
    {
        Name = name, Description = description, PromptTokens = prompt, CompletionTokens = completion, InputUsd = price.Input, OutputUsd = price.Output,
    };

    private static void Check(bool holds, string field, string message, string remedy)
    {
        if (!holds)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, message, remedy, Field: field));
        }
    }
}

/// <param name="Day">From 1.</param>
/// <param name="Calls">On that day.</param>
/// <param name="Usd">On that day, by option.</param>
/// <param name="SpentUsd">From the beginning to the end of that day, by option, what was paid once included.</param>
public sealed record ProjectedDay(int Day, double Calls, ImmutableArray<double> Usd, ImmutableArray<double> SpentUsd);
