using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Simulation;

/// <param name="RunId">Its id.</param>
/// <param name="Recipe">Grids expanded, as a started run has it.</param>
internal sealed record ScenarioRun(string RunId, Recipe Recipe)
{
    /// <summary>Null: nobody answers.</summary>
    public bool? Approved { get; init; }

    public TimeSpan DecidedAfter { get; init; }

    /// <summary>Null: nobody cancels.</summary>
    public TimeSpan? CancelledAfter { get; init; }

    /// <summary>Null: it is not suspended.</summary>
    public TimeSpan? SuspendedAfter { get; init; }

    public bool StartedTwice { get; init; }

    public static ScenarioRun Draw(Chance chance, int number)
    {
        string run = $"run {number}";
        // The model names the run: a question to it is told apart from another run's.
        string model = number == 0 ? PreparedOnce.FirstModel : PreparedOnce.SecondModel;
        List<CandidateRecipe> candidates = [];
        if (!chance.Hits($"{run} trains nothing", 0.1))
        {
            candidates.Add(new CandidateRecipe { Name = "a", Provider = Scenario.Provider, Model = model });
            if (chance.Hits($"{run} continues", 0.35))
            {
                candidates.Add(new CandidateRecipe { Name = "b", Provider = Scenario.Provider, ContinueFrom = "a" });
            }

            if (chance.Hits($"{run} trains another", 0.35))
            {
                candidates.Add(new CandidateRecipe { Name = "c", Provider = Scenario.Provider, Model = model });
            }
        }

        if (candidates.Count == 0 || chance.Hits($"{run} asks", 0.3))
        {
            candidates.Add(new CandidateRecipe { Name = "p", Kind = CandidateKind.Prompt, Provider = Scenario.Provider, Model = model });
        }

        bool asks = chance.Hits($"{run} needs approval", 0.3);
        return new ScenarioRun($"sim{number}-{chance.Seed:x8}", Scenario.Base with
        {
            Candidates = [.. candidates],
            Budget = Scenario.Base.Budget with { ApproveAbove = asks ? 0 : 1_000, ApprovalHours = 48 },
            DeadlineHours = chance.Hits($"{run} has a short deadline", 0.15) ? chance.Magnitude($"{run} deadline", 60, 30_000).TotalHours : 72,
            Retention = new RetentionRecipe { DeleteUploads = chance.Hits($"{run} deletes uploads", 0.7) },
        })
        {
            Approved = chance.Hits($"{run} is decided", 0.85) ? chance.Hits($"{run} is approved", 0.8) : null,
            DecidedAfter = chance.Magnitude($"{run} decision", 5, 200_000),
            CancelledAfter = chance.Hits($"{run} is cancelled", 0.25) ? chance.Magnitude($"{run} cancel", 0.1, 40_000) : null,
            SuspendedAfter = chance.Hits($"{run} is suspended", 0.1) ? chance.Magnitude($"{run} suspension", 0.1, 20_000) : null,
            StartedTwice = chance.Hits($"{run} is started twice", 0.2),
        };
    }
}
