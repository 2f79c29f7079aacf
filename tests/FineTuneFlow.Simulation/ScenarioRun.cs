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

    public TimeSpan StartedAfter { get; init; }

    public static ScenarioRun Draw(Chance chance, int number, bool throttles)
    {
        string run = $"run {number}";
        // Of its own, so that one host asks one question of a model at a time.
        string model = number == 0 ? PreparedOnce.FirstModel : PreparedOnce.SecondModel;
        List<CandidateRecipe> candidates = [];
        if (!chance.Hits($"{run} trains nothing", 0.1))
        {
            double checkpoints = chance.Next($"{run} tries checkpoints");
            candidates.Add(new CandidateRecipe
            {
                Name = "a", Provider = Scenario.Provider, Model = model,
                Checkpoints = checkpoints < 0.08 ? CheckpointUse.Best : checkpoints < 0.12 ? CheckpointUse.All : null,
            });
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
            Baselines = [.. Baselines(chance, run)],
            // Of one model one question at a time: see WaitingClock.
            Evaluation = Scenario.Base.Evaluation with
            {
                ChunkRows = throttles ? 100 : 6,
                Mode = chance.Hits($"{run} asks in batches", 0.25) ? EvaluationMode.Batch : EvaluationMode.Online,
            },
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
            StartedAfter = number > 0 && chance.Hits($"{run} comes later", 0.5) ? chance.Magnitude($"{run} comes", 10, 60_000) : TimeSpan.Zero,
        };
    }

    private static IEnumerable<BaselineRecipe> Baselines(Chance chance, string run)
    {
        if (chance.Hits($"{run} has a container", 0.2))
        {
            BaselineKind kind = chance.Hits($"{run} has an encoder", 0.5) ? BaselineKind.Encoder : BaselineKind.Container;
            yield return new BaselineRecipe { Name = "own", Kind = kind, Model = "distilbert-base-cased" };
        }

        if (chance.Hits($"{run} has a linear model", 0.05))
        {
            yield return new BaselineRecipe { Name = "linear" };
        }
    }
}
