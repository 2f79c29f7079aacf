using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Checkups;

/// <summary>Whether the configured keys can train and serve a recipe's candidates today, until when, and what to take instead: by the
/// dated table of models and by listing the models that a key can see. Nothing is created by asking.</summary>
public sealed class CandidateCheckup(IProviders providers, ModelBook models, OpenChoices choices, EncoderSources encoders, TimeProvider time)
{
    /// <summary>What ends sooner is told as bad: a run, its approval and the move to another model take their time.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(30);

    public async Task<ImmutableArray<CheckupLine>> RunAsync(Recipe recipe, CancellationToken cancellation)
    {
        var lines = ImmutableArray.CreateBuilder<CheckupLine>();
        ImmutableArray<CandidateRecipe> candidates = await choices.SettleAsync(CandidateGrid.Expand(recipe), trainingRows: null, cancellation);
        var listed = new Dictionary<string, IReadOnlyList<ProviderModel>?>(StringComparer.Ordinal);
        foreach (string name in candidates.Select(candidate => candidate.Provider!).Append(providers.Default).Distinct())
        {
            if (providers.All.Any(provider => provider.Name == name))
            {
                (CheckupLine line, listed[name]) = await AskAsync(name, cancellation);
                lines.Add(line);
            }
        }

        foreach (CandidateRecipe candidate in candidates)
        {
            lines.Add(Look(candidate, candidates, listed));
        }

        var previews = new EncoderPreviews();
        Recipe planned = recipe with { Baselines = choices.BaselinesOf(recipe, candidates) };
        foreach (BaselineRecipe baseline in BaselineGrid.Expand(planned).Where(baseline => baseline is { Kind: BaselineKind.Encoder, Model: not null }))
        {
            lines.Add(await LookAsync(baseline, previews, cancellation));
        }

        if (candidates.All(candidate => candidate.Kind == CandidateKind.Prompt) && recipe.Candidates.Any(SuggestedModel.IsOpen))
        {
            lines.Add(new CheckupLine(
                "fine-tuning", CheckupGrade.Notice, $"{providers.Default} trains nothing for this key today: models of our own are trained, and a prompted one stands beside them",
                Elsewhere(null)));
        }

        return lines.ToImmutable();
    }

    private async Task<CheckupLine> LookAsync(BaselineRecipe encoder, EncoderPreviews previews, CancellationToken cancellation)
    {
        try
        {
            EncoderFindings found = await encoders.LookAsync([encoder], previews, cancellation);
            return found.Unknown.GetValueOrDefault(encoder.Name) is { } unknown
                ? new CheckupLine(encoder.Name, CheckupGrade.Notice, unknown, "Check the connection, set HF_ENDPOINT to a mirror, or take all-MiniLM-L6-v2, whose weights come with the trainer")
                : new CheckupLine(encoder.Name, CheckupGrade.Good, $"{encoder.Model} is there and can be trained");
        }
        catch (FlowException refused)
        {
            return new CheckupLine(encoder.Name, CheckupGrade.Bad, refused.Failure.Message, refused.Failure.Remedy);
        }
    }

    private async Task<(CheckupLine Line, IReadOnlyList<ProviderModel>? Models)> AskAsync(string name, CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<ProviderModel> found = await providers.Get(name).ListModelsAsync(cancellation);
            int tuned = found.Count(model => ModelName.IsTuned(model.Id));
            return (new CheckupLine(name, CheckupGrade.Good, $"answers and takes the key; it lists {found.Count} models, {tuned} of them fine-tunes"), found);
        }
        catch (FlowException failed)
        {
            return (new CheckupLine(name, CheckupGrade.Bad, failed.Failure.Message, failed.Failure.Remedy), null);
        }
    }

    private CheckupLine Look(
        CandidateRecipe candidate, ImmutableArray<CandidateRecipe> candidates, Dictionary<string, IReadOnlyList<ProviderModel>?> listed)
    {
        ProviderFacts? provider = providers.All.FirstOrDefault(one => one.Name == candidate.Provider);
        if (provider is null)
        {
            return Bad(candidate, $"there is no provider \"{candidate.Provider}\"", $"Name one of {string.Join(", ", providers.All.Select(one => one.Name))}, or configure it");
        }

        bool trains = candidate.Kind == CandidateKind.FineTune;
        if (BaseOf(candidate, candidates) is not { } model)
        {
            return new CheckupLine(candidate.Name, CheckupGrade.Notice, "continues the project's champion, whose model decides", "GET projects/{p}/models says how long it will be available");
        }

        if (trains && !provider.Trains)
        {
            return Bad(candidate, $"{provider.Name} does not offer supervised fine-tuning (profile {provider.Profile})", Elsewhere(provider));
        }

        if (trains && provider is { NeedsDeployment: true, CanDeploy: false })
        {
            return Bad(candidate, $"{provider.Name} has no settings for deployments, without which its fine-tunes cannot be asked", $"Set Providers__{provider.Name}__Deployment__Subscription, __ResourceGroup and __Account");
        }

        IReadOnlyList<ProviderModel>? seen = listed.GetValueOrDefault(provider.Name);
        return Dated(candidate, provider, model, trains, seen);
    }

    private CheckupLine Dated(CandidateRecipe candidate, ProviderFacts provider, string model, bool trains, IReadOnlyList<ProviderModel>? seen)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        ModelLife? life = models.Find(provider.PriceKey, model);
        // The service's own word goes before the table's.
        DateOnly? told = seen?.FirstOrDefault(one => one.Id == model || ModelName.FamilyOf(one.Id) == ModelName.FamilyOf(model))?.ShutsDown;
        DateOnly? answers = told ?? (trains ? life?.InferenceEnds : life?.BaseEnds ?? life?.InferenceEnds);
        DateOnly? training = trains ? Earlier(life?.TrainingEnds, answers) : null;
        bool existing = seen?.Any(one => ModelName.IsTuned(one.Id)) == true;
        if (trains && life is { Tunable: false })
        {
            return Bad(candidate, $"{provider.Name} does not fine-tune {model}", Elsewhere(provider));
        }

        if (Earlier(training, answers) is { } ended && ended <= today)
        {
            return Bad(candidate, $"{provider.Name} no longer {(trains ? "trains" : "serves")} {model} since {ended:yyyy-MM-dd}", Elsewhere(provider)) with { Until = ended };
        }

        if (trains && !existing && life?.ExistingCustomersSince is { } since && since <= today)
        {
            return Bad(
                candidate,
                $"{provider.Name} trains {model} since {since:yyyy-MM-dd} only for organisations that tuned before, and {(seen is null ? "nothing says that this one did" : "this key lists no fine-tune")}",
                Elsewhere(provider)) with { Until = training };
        }

        string what = trains ? $"{model} can be trained at {provider.Name}{Until(training, today)} and what is trained answers{Until(answers, today)}" : $"{model} answers at {provider.Name}{Until(answers, today)}";
        if (life is null && told is null && !(seen?.Any(one => one.Id == model) ?? false))
        {
            return new CheckupLine(candidate.Name, CheckupGrade.Notice, $"nothing is known about {model} at {provider.Name}: whether it can be {(trains ? "trained" : "asked")} shows only when it is tried");
        }

        DateOnly? first = Earlier(training, answers);
        return first is { } day && day.DayNumber - today.DayNumber < Notice.TotalDays
            ? new CheckupLine(candidate.Name, CheckupGrade.Bad, what, Elsewhere(provider), day)
            : new CheckupLine(candidate.Name, first is null ? CheckupGrade.Good : CheckupGrade.Notice, what, Until: first);
    }

    /// <summary>What can be trained today by anybody, here or at another configured provider; models of our own can always.</summary>
    private string Elsewhere(ProviderFacts? besides)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        string[] open =
        [
            .. providers.All.Where(provider => provider.Trains && (!provider.Simulated || besides?.Simulated == true)).SelectMany(provider => models.Of(provider.PriceKey)
                .Where(life => life.Trains(today, existing: false)).OrderByDescending(life => life.Suggested).Take(3).Select(life => $"{life.Model} at {provider.Name}")),
        ];
        return open.Length > 0
            ? $"Take {string.Join(", ", open)}, or a baseline of our own (linear, encoder), which no service can switch off"
            : "Take a baseline of our own (linear, encoder), or configure a service that trains open-weight models (docs/providers.md)";
    }

    private static string? BaseOf(CandidateRecipe candidate, ImmutableArray<CandidateRecipe> candidates)
    {
        CandidateRecipe? at = candidate;
        for (int steps = 0; at is { Model: null } && steps < candidates.Length; steps++)
        {
            at = candidates.FirstOrDefault(other => other.Name == at.ContinueFrom);
        }

        return at?.Model;
    }

    private static DateOnly? Earlier(DateOnly? a, DateOnly? b) => a is null || b < a ? b : a;

    private static string Until(DateOnly? day, DateOnly today) =>
        day is { } end ? $" until {end:yyyy-MM-dd} ({end.DayNumber - today.DayNumber} days)" : "";

    private static CheckupLine Bad(CandidateRecipe candidate, string message, string remedy) => new(candidate.Name, CheckupGrade.Bad, message, remedy);
}
