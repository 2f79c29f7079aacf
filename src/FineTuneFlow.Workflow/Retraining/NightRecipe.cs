using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>What a night trains: by the project's recipe, over merged rows, on the split that does not move when data grows.</summary>
internal static class NightRecipe
{
    // A job needs ten rows, and some of the new ones judge.
    private const int EnoughNewRows = 50;

    /// <param name="project">The project's recipe: baselines, rules, budget.</param>
    /// <param name="made">The recipe of the run that made the champion.</param>
    /// <param name="champion">In use.</param>
    /// <param name="newRows">Rows that the champion has not seen.</param>
    /// <param name="wayOut">Its base cannot be asked much longer: these are trained instead. Null: it goes on.</param>
    /// <param name="tellsMove">Nobody was told yet what the move to the stable split means.</param>
    public static (Recipe Recipe, ImmutableArray<string> Notes) Of(Recipe project, Recipe made, ChampionVersion champion, int newRows, WayOut? wayOut, bool tellsMove)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        bool moved = made.Dataset.Split.Method != SplitMethod.Stable;
        if (tellsMove)
        {
            notes.Add(
                $"The champion was trained on a {made.Dataset.Split.Method.ToString().ToLowerInvariant()} split, which moves when data grows. From its first retrain on the project uses the split stable: "
                + "texts that the champion was trained on are left out of the holdout, so that fewer rows count this once, and a fine-tune is trained from its base model again");
        }

        ImmutableArray<CandidateRecipe> candidates = Candidates(project, made, champion, moved, newRows, wayOut);
        if (candidates.IsEmpty && wayOut is null && !champion.Kind.IsTrained())
        {
            notes.Add("The champion is not a fine-tune: the local models are trained again; models of providers are trained when a file is dropped or a run is started by hand");
        }

        ImmutableArray<BaselineRecipe> baselines = [.. project.Baselines, .. ChampionsOwn(project, made, champion)];
        if (candidates.IsEmpty && baselines.IsEmpty)
        {
            baselines = [new BaselineRecipe { Name = EligibleModels.Linear }];
        }

        return (project with
        {
            Dataset = Merged(project.Dataset, champion),
            Candidates = candidates,
            Baselines = [.. baselines.Where(baseline => candidates.All(candidate => candidate.Name != baseline.Name))],
        }, notes.ToImmutable());
    }

    /// <summary>What a rescue trains: the same rows and the same split as a night, but the candidates and baselines that are named, so that the
    /// champion's successor need not rest on the champion's model.</summary>
    /// <param name="project">The project's recipe.</param>
    /// <param name="named">Candidates, baselines, budget and rules; null: what can be trained today, within the project's own budget and rules.</param>
    /// <param name="champion">In use.</param>
    public static Recipe Rescued(Recipe project, Recipe? named, ChampionVersion champion) => (named ?? project) with
    {
        Dataset = Merged(project.Dataset, champion),
        Candidates = (named ?? RecipeReader.Default).Candidates,
        Baselines = (named ?? RecipeReader.Default).Baselines,
    };

    /// <summary>The encoder that is in use stays among what is trained also where the project's recipe leaves open what that is: it was at hand when
    /// nothing else could be trained.</summary>
    private static IEnumerable<BaselineRecipe> ChampionsOwn(Recipe project, Recipe made, ChampionVersion champion) =>
        champion.Kind != OutcomeKind.Encoder || project.Baselines.Any(baseline => baseline.Name == champion.Candidate)
            ? []
            : made.Baselines.Where(baseline => baseline.Name == champion.Candidate);

    private static ImmutableArray<CandidateRecipe> Candidates(Recipe project, Recipe made, ChampionVersion champion, bool moved, int newRows, WayOut? wayOut)
    {
        if (wayOut is not null)
        {
            return wayOut.Candidates;
        }

        if (!champion.Kind.IsTrained())
        {
            return [];
        }

        // A recipe that says how to continue the champion is followed.
        ImmutableArray<CandidateRecipe> asked = [.. project.Candidates.Where(candidate => candidate.ContinueFrom == PlannedCandidate.ChampionName)];
        if (!moved && !asked.IsEmpty)
        {
            return asked;
        }

        CandidateRecipe trained = made.Candidates.FirstOrDefault(c => c.Name == champion.Candidate) ?? new CandidateRecipe { Name = champion.Candidate, Provider = champion.Provider };
        return
        [
            moved
                ? trained with { Name = "retrain", Provider = champion.Provider, Model = champion.BaseModel, ContinueFrom = null, Data = TrainingData.All, Kind = CandidateKind.FineTune }
                : trained with
                {
                    Name = "retrain", Model = null, ContinueFrom = PlannedCandidate.ChampionName, Data = newRows >= EnoughNewRows ? TrainingData.New : TrainingData.All, Epochs = new OneOrMany<int>(1), Kind = CandidateKind.FineTune,
                },
        ];
    }

    private static DatasetRecipe Merged(DatasetRecipe dataset, ChampionVersion champion) => dataset with
    {
        Text = new OneOrMany<string>("text"),
        Label = "label",
        Csv = new CsvRecipe(),
        Filters = [],
        Labels = new LabelsRecipe { Order = champion.Labels.Ordered ? champion.Labels.Names : [], Good = champion.Labels.Good },
        Slices = [],
        Split = dataset.Split with { Method = SplitMethod.Stable, Column = null, Values = ImmutableSortedDictionary<string, string>.Empty },
    };
}
