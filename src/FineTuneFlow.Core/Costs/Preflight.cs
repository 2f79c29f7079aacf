using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>Looks at the models before anything is uploaded: whether they exist, can be trained, and live long enough.</summary>
public static class Preflight
{
    /// <summary>Checks all candidates.</summary>
    /// <param name="candidates">Those that ask or train a provider's model.</param>
    /// <param name="book">The dates.</param>
    /// <param name="now">The run's start.</param>
    /// <param name="expected">How long training and evaluation take at the least to be planned for, queue included; null: a day.</param>
    public static PreflightResult Check(
        IEnumerable<PreflightCandidate> candidates, ModelBook book, DateTimeOffset now, TimeSpan? expected = null)
    {
        DateOnly today = DateOnly.FromDateTime(now.UtcDateTime);
        DateOnly end = DateOnly.FromDateTime((now + (expected ?? TimeSpan.FromDays(1))).UtcDateTime);
        var problems = ImmutableArray.CreateBuilder<Failure>();
        var warnings = ImmutableArray.CreateBuilder<PreflightWarning>();
        foreach (PreflightCandidate candidate in candidates)
        {
            if (!book.Knows(candidate.PriceKey))
            {
                warnings.Add(new PreflightWarning(candidate.Name, $"nothing is known about the models of {candidate.Provider}: whether {candidate.Model} can be trained shows only when the job is created", null));
            }
            else if (book.Find(candidate.PriceKey, candidate.Model) is not { } life)
            {
                if (book.Partial.Contains(candidate.PriceKey, StringComparer.OrdinalIgnoreCase))
                {
                    warnings.Add(new PreflightWarning(candidate.Name, $"nothing is known about {candidate.Model} of {candidate.Provider}: whether it can be trained shows only when the job is created", null));
                }
                else
                {
                    problems.Add(Unknown(candidate, book));
                }
            }
            else if (Problem(candidate, life, book, today, end) is { } problem)
            {
                problems.Add(problem);
            }
            else if ((candidate.Trains ? life.InferenceEnds : life.BaseEnds ?? life.InferenceEnds) is { } dies)
            {
                string note = life.Note is null ? "" : $" ({life.Note})";
                string fate = candidate.Trains ? ", and what is trained on it goes with it" : "";
                warnings.Add(new PreflightWarning(candidate.Name, $"{life.Model} at {candidate.Provider} answers only until {dies:yyyy-MM-dd}{fate}{note}", dies));
            }
        }

        return new PreflightResult(problems.ToImmutable(), warnings.ToImmutable());
    }

    private static Failure? Problem(PreflightCandidate candidate, ModelLife life, ModelBook book, DateOnly today, DateOnly end)
    {
        string field = Field(candidate);
        if (candidate.Trains && !life.Tunable)
        {
            return new Failure(FailureKind.InvalidInput, $"{candidate.Provider} does not fine-tune {life.Model}", Alternatives(candidate, book, end), Field: field);
        }

        (DateOnly? last, string what) = candidate.Trains && life.TrainingEnds <= (life.InferenceEnds ?? DateOnly.MaxValue)
            ? (life.TrainingEnds, "trains")
            : (candidate.Trains ? life.InferenceEnds : life.BaseEnds ?? life.InferenceEnds, "serves");
        if (last is not { } date || date > end)
        {
            return null;
        }

        string since = date <= today
            ? $"{candidate.Provider} no longer {what} {life.Model} since {date:yyyy-MM-dd}"
            : $"{candidate.Provider} {what} {life.Model} only until {date:yyyy-MM-dd}, before the run could end";
        return new Failure(FailureKind.ModelRetired, since, Alternatives(candidate, book, end), Field: field);
    }

    private static Failure Unknown(PreflightCandidate candidate, ModelBook book)
    {
        string[] known = [.. book.Of(candidate.PriceKey).Where(life => life.Tunable || !candidate.Trains).Select(life => life.Model)];
        string remedy = NearestName.Of(candidate.Model, known) is { } near ? $"Did you mean \"{near}\"?" : $"Known: {string.Join(", ", known)}.";
        return new Failure(
            FailureKind.InvalidInput,
            $"{candidate.Provider} has no model \"{candidate.Model}\" that is known here (as of {book.AsOf:yyyy-MM-dd})",
            remedy + " A newer model is added by a file of model dates (docs/costs.md).",
            Field: Field(candidate));
    }

    private static string Alternatives(PreflightCandidate candidate, ModelBook book, DateOnly end)
    {
        string[] alive = [.. book.Of(candidate.PriceKey)
            .Where(life => !candidate.Trains || (life.Tunable && (life.TrainingEnds ?? DateOnly.MaxValue) > end))
            .Where(life => (life.InferenceEnds ?? DateOnly.MaxValue) > end)
            .Select(life => life.Model)];
        return alive.Length == 0
            ? "Choose another provider; the simulator still has the model for rehearsals."
            : $"Choose one of {string.Join(", ", alive)}, or another provider (the simulator keeps retired models for rehearsals).";
    }

    private static string Field(PreflightCandidate candidate) => $"candidates[name={candidate.Name}].model";
}

/// <param name="Name">The candidate's.</param>
/// <param name="Provider">As recipes name it.</param>
/// <param name="PriceKey">The provider's section in the books.</param>
/// <param name="Model">The base model; for a continuation that of the model it begins with.</param>
/// <param name="Trains">False: it is only asked.</param>
public sealed record PreflightCandidate(string Name, string Provider, string PriceKey, string Model, bool Trains);

/// <param name="Message">One sentence for a person.</param>
/// <param name="RetiresOn">The first day on which the result no longer answers, if one is announced.</param>
public sealed record PreflightWarning(string Candidate, string Message, DateOnly? RetiresOn);

/// <param name="Problems">Each of them stops the run: InvalidInput or ModelRetired, with remedy.</param>
/// <param name="Warnings">To be shown before money is spent.</param>
public sealed record PreflightResult(ImmutableArray<Failure> Problems, ImmutableArray<PreflightWarning> Warnings)
{
    /// <exception cref="FlowException">The first problem, the others in its message.</exception>
    public void ThrowIfRefused()
    {
        if (Problems is [var first, .. var others])
        {
            throw new FlowException(others.Length == 0
                ? first
                : first with { Message = first.Message + "; " + string.Join("; ", others.Select(other => $"{other.Field}: {other.Message}")) });
        }
    }
}
