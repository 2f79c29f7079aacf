using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>The rows of a drop after duplicates, rare classes, split and balance: what is written, or only profiled.</summary>
internal sealed class ArrangedTable
{
    /// <summary>The services refuse a training file with fewer examples.</summary>
    public const int MinimumTrainingRows = 10;

    private ArrangedTable(SourceTable source) => Source = source;

    public SourceTable Source { get; }
    public DuplicateResolution Duplicates { get; private set; } = null!;
    public ImmutableArray<NamedCount> RareClasses { get; private set; } = [];
    /// <summary>Findings that only the owner of the file can answer.</summary>
    public ImmutableArray<Finding> Questions { get; private set; } = [];
    public int NearGroups { get; private set; }
    public int NearRows { get; private set; }
    public ImmutableArray<long> NearLines { get; private set; } = [];
    public int MovedBetweenSplits { get; private set; }
    public ImmutableArray<Split> CarvedSplits { get; private set; } = [];
    public LabelSet Labels { get; private set; } = null!;
    public string LabelsReason { get; private set; } = "";
    /// <summary>Training rows by label index, before classes are balanced.</summary>
    public long[] TrainCounts { get; private set; } = [];
    /// <summary>Row indexes to write, by split.</summary>
    public int[][] Order { get; private set; } = [];
    public RowCounts Counts { get; private set; } = null!;

    public static ArrangedTable Of(SourceTable source, int threads)
    {
        var arranged = new ArrangedTable(source);
        arranged.Arrange(threads);
        return arranged;
    }

    private void Arrange(int threads)
    {
        RowTable rows = Source.Rows;
        DatasetRecipe recipe = Source.Plan.Recipe;
        string file = Source.Source.Name;
        string column = Source.Plan.Recognised.Label;
        Questions = OpenQuestions.Of(Source);
        UsableRows.Require(Source, file, Questions);
        Duplicates = new DuplicateResolution(rows, Source.Labels, recipe.Duplicates.Conflicts);
        UsableRows.RequireClasses(Source, file, column);
        RareClasses = Splitting.RareClasses.Apply(rows, Source.Labels, recipe.RareClasses);
        if (!RareClasses.IsEmpty && recipe.RareClasses.Action == RareClassAction.Fail)
        {
            Questions = Questions.Add(Splitting.RareClasses.Question(RareClasses, recipe.RareClasses));
            if (Splitting.RareClasses.Counts(rows, Source.Labels.Count).Count(count => count > 0) < 2)
            {
                OpenQuestions.Stop(Questions, file);
            }
        }

        var (counts, used) = UsableRows.RequireClasses(Source, file, column);
        (Labels, LabelsReason) = LabelOrder.Of([.. Source.Labels.Where((_, i) => counts[i] > 0)], recipe.Labels, column);
        var groups = new RowGroups(rows, recipe.Split.Method, recipe.Duplicates.Conflicts == ConflictPolicy.Keep, Duplicates.FirstOf, Source.Bands is not null);
        JoinNear(groups, recipe.Duplicates.Near);
        List<List<int>> together = groups.Together();
        NearGroups = NearRows == 0 ? 0 : together.Count;
        var assignment = new SplitAssignment(rows, Source.Labels.Count, recipe.Split, together, threads);
        assignment.Assign();
        MovedBetweenSplits = assignment.Moved;
        CarvedSplits = [.. assignment.Carved];
        TrainCounts = Balancing.TrainCounts(rows, Source.Labels.Count);
        var again = Balancing.Apply(rows, Source.Labels.Count, recipe.Balance, recipe.Split.Seed);
        Order = WriteOrder.Of(rows, recipe.Split.Seed, again, threads);
        Counts = Count(used, again.Count == 0 ? 0 : again.Values.Sum(times => (long)times));
        RequireTraining(file);
    }

    private void JoinNear(RowGroups groups, NearDuplicatesRecipe? recipe)
    {
        if (recipe is null)
        {
            return;
        }

        var near = new NearDuplicates(Source.Rows, Source.Bands!, Source.Texts!, recipe);
        near.Join(groups);
        NearRows = near.Rows;
        NearLines = near.Lines;
    }

    private RowCounts Count(long used, long added)
    {
        long[] outcomes = new long[RowOutcomes.Count];
        long[] splits = new long[3];
        foreach (LeftOutRow left in Source.LeftOut)
        {
            outcomes[(int)left.Outcome]++;
        }

        for (int i = 0; i < Source.Rows.Count; i++)
        {
            outcomes[(int)Source.Rows[i].Outcome]++;
            splits[(int)Source.Rows[i].Split] += Source.Rows[i].Outcome == RowOutcome.Used ? 1 : 0;
        }

        long rejected = 0;
        for (int outcome = 0; outcome < outcomes.Length; outcome++)
        {
            rejected += RowOutcomes.IsReject((RowOutcome)outcome) ? outcomes[outcome] : 0;
        }

        var counts = new RowCounts
        {
            Input = Source.RowsRead,
            Filtered = outcomes[(int)RowOutcome.Filtered],
            Rejected = rejected,
            Duplicates = outcomes[(int)RowOutcome.Duplicate],
            Conflicts = outcomes[(int)RowOutcome.Conflict],
            Balanced = outcomes[(int)RowOutcome.Balance],
            Added = added,
            Train = splits[(int)Split.Train],
            Validation = splits[(int)Split.Validation],
            Test = splits[(int)Split.Test],
        };
        long sum = counts.Filtered + counts.Rejected + counts.Duplicates + counts.Conflicts + counts.Balanced + counts.Train + counts.Validation + counts.Test;
        return sum == counts.Input && used == counts.Train + counts.Validation + counts.Test + counts.Balanced
            ? counts
            : throw new FlowException(
                FailureKind.Internal,
                $"{counts.Input} rows were read but {sum} are accounted for",
                "This is a defect of the preparation; please report it with the recipe");
    }

    private void RequireTraining(string file)
    {
        if (Counts.Train + Counts.Added < MinimumTrainingRows || Counts.Validation == 0 || Counts.Test == 0)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the split leaves {Counts.Train} rows for training, {Counts.Validation} for validation and {Counts.Test} for the holdout; "
                    + $"fine-tuning needs at least {MinimumTrainingRows} examples, and each split a row",
                "Add rows, change the shares in dataset.split or choose another split method",
                new SourceLocation(file),
                Field: "dataset.split"));
        }
    }
}
