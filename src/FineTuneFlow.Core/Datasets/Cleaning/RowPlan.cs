using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>The recipe with its columns found in the table: what a row's text, label, filters and split are made from.</summary>
internal sealed record RowPlan
{
    public required DatasetRecipe Recipe { get; init; }
    public required RecognisedColumns Recognised { get; init; }
    /// <summary>What only the file's owner can answer about its columns.</summary>
    public ImmutableArray<Finding> Questions { get; init; } = [];
    public required int ColumnCount { get; init; }
    public required ImmutableArray<int> Text { get; init; }
    public required int Label { get; init; }
    public required ImmutableArray<Filter> Filters { get; init; }
    public required ImmutableArray<int> Slices { get; init; }
    /// <summary>-1 where the split asks for no column.</summary>
    public required int SplitColumn { get; init; }
    public required byte[] Join { get; init; }
    /// <summary>Cells that a row needs at the least; the others count as empty where a row ends before them.</summary>
    public required int NeededCells { get; init; }
    /// <summary>What all texts end in and is not part of them; empty for all but prompts.</summary>
    public byte[] TextEnding { get; init; } = [];
    /// <summary>What all labels end in and is not part of them; empty for all but completions.</summary>
    public byte[] LabelEnding { get; init; } = [];
    /// <summary>The file was written here with cells guarded against spreadsheets.</summary>
    public bool Guarded { get; init; }
    /// <summary>Null for JSON lines.</summary>
    public required CsvDialect? Dialect { get; init; }

    public sealed record Filter(int Column, ImmutableArray<byte[]> Equal, ImmutableArray<byte[]> NotEqual)
    {
        public bool Passes(ReadOnlySpan<byte> value) => (Equal.IsEmpty || IsIn(Equal, value)) && !IsIn(NotEqual, value);

        private static bool IsIn(ImmutableArray<byte[]> wanted, ReadOnlySpan<byte> value)
        {
            foreach (byte[] one in wanted)
            {
                if (value.SequenceEqual(one))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <param name="table">Opened, its first records at hand.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="all">Looks at the values of the whole file, where columns must be told by them.</param>
    public static RowPlan For(TableReader table, DatasetRecipe recipe, Func<ImmutableArray<ColumnStatistics>> all)
    {
        Validate(recipe);
        var (recognised, questions) = ColumnRecognition.Recognise(table, recipe, all);
        string file = table.Source.Name;
        int Index(string column, string field) => ColumnRecognition.Require(table.Columns, column, field, file);
        int label = Index(recognised.Label, "dataset.label");
        ImmutableArray<int> text = [.. recognised.Text.Select(c => Index(c, "dataset.text"))];
        bool tuning = text.Length == 1 && ColumnRecognition.Plain(recognised.Text[0]) == "prompt" && ColumnRecognition.Plain(recognised.Label) == "completion";
        bool needsColumn = recipe.Split.Method is SplitMethod.Column or SplitMethod.Group or SplitMethod.Time;
        return new RowPlan
        {
            Recipe = recipe,
            Recognised = recognised,
            Questions = questions,
            ColumnCount = table.Columns.Length,
            Text = text,
            Label = label,
            TextEnding = tuning ? PromptEnding.OfPrompts(table, text[0]) : [],
            LabelEnding = tuning ? PromptEnding.OfCompletions(table, label) : [],
            Guarded = SpreadsheetGuard.IsSuspects(table.Columns),
            NeededCells = Math.Max(label, FirstOf(text)) + 1,
            Dialect = table.Dialect,
            Filters =
            [
                .. recipe.Filters.Select(f => new Filter(
                    Index(f.Column, "dataset.filters"),
                    [.. f.EqualTo.Select(Encoding.UTF8.GetBytes)],
                    [.. f.NotEqualTo.Select(Encoding.UTF8.GetBytes)])),
            ],
            Slices = [.. recipe.Slices.Select(c => Index(c, "dataset.slices"))],
            SplitColumn = needsColumn ? Index(recipe.Split.Column ?? "", "dataset.split.column") : -1,
            Join = Encoding.UTF8.GetBytes(recipe.Join),
        };
    }

    private static int FirstOf(ImmutableArray<int> columns)
    {
        int first = int.MaxValue;
        foreach (int column in columns)
        {
            first = Math.Min(first, column);
        }

        return first;
    }

    private static void Validate(DatasetRecipe recipe)
    {
        SplitRecipe split = recipe.Split;
        bool shares = split.Test > 0 && split.Validation > 0 && split.Test + split.Validation < 1;
        Check(shares, "dataset.split", "test and validation must be above 0 and leave a part for training", "Use 0.2 and 0.2, for example");
        Check(
            split.Column is not null || split.Method is SplitMethod.Stratified or SplitMethod.Stable,
            "dataset.split.column",
            $"the split method {split.Method.ToString().ToLowerInvariant()} needs a column",
            "Name the column with the split, group or date");
        Check(
            recipe.Duplicates.Near is not { Threshold: < 0.5 or > 1 },
            "dataset.duplicates.near.threshold",
            "the threshold must be between 0.5 and 1",
            "Use 0.85, for example");
        Check(
            recipe.Duplicates.Near is not { Shingle: < 2 or > 20 },
            "dataset.duplicates.near.shingle",
            "the shingle must be 2 to 20 characters long",
            "Use 5, for example");
        Check(recipe.RareClasses.MinimumRows >= 3, "dataset.rareClasses.minimumRows", "at least 3, so that every split gets a row", "Use 3 or more");
        Check(
            recipe.Cleaning.MinCharacters >= 1 && recipe.Cleaning.MaxCharacters >= recipe.Cleaning.MinCharacters,
            "dataset.cleaning",
            "the length limits leave no text",
            "minCharacters must be at least 1 and not above maxCharacters");
    }

    private static void Check(bool good, string field, string message, string remedy)
    {
        if (!good)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, message, remedy, Field: field));
        }
    }
}
