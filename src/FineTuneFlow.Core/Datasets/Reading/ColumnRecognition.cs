using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Finds the text and label columns: as the recipe says, else by well-known names, else by how the values look.</summary>
internal static class ColumnRecognition
{
    internal static readonly string[] TitleNames = ["title", "review_title", "headline", "subject", "summary", "heading"];
    internal static readonly string[] TextNames =
    [
        "text", "review", "review_body", "review_text", "reviewtext", "body", "content", "comment", "message", "tweet", "sentence",
        "question", "utterance", "query", "description", "post", "document", "prompt", "input",
    ];

    internal static readonly string[] LabelNames =
    [
        "label", "labels", "stars", "star", "rating", "score", "sentiment", "category", "class", "intent", "target", "topic",
        "stars_rating", "star_rating", "overall", "completion", "output", "answer", "y",
    ];

    /// <param name="table">Opened, its first records at hand.</param>
    /// <param name="recipe">What is named.</param>
    /// <param name="all">Looks at the values of the whole file: files are often sorted by class, so the first rows do not tell.</param>
    /// <returns>The columns, and what only the file's owner can answer about them.</returns>
    public static (RecognisedColumns Columns, ImmutableArray<Finding> Questions) Recognise(
        TableReader table, DatasetRecipe recipe, Func<ImmutableArray<ColumnStatistics>> all)
    {
        foreach (string wanted in recipe.Text)
        {
            Require(table.Columns, wanted, "dataset.text", table.Source.Name);
        }

        if (recipe.Label is { } asked)
        {
            Require(table.Columns, asked, "dataset.label", table.Source.Name);
        }

        if (recipe.Text.Count > 0 && recipe.Label is { } named)
        {
            return (new RecognisedColumns([.. recipe.Text], "named in the recipe", named, "named in the recipe"), []);
        }

        var candidates = new ColumnCandidates(table, recipe, all);
        var label = recipe.Label is { } given ? new ColumnChoice([given], "named in the recipe") : candidates.Label();
        string labelName = Known(label.Columns.FirstOrDefault(), "label", table);
        var text = recipe.Text.Count > 0 ? new ColumnChoice([.. recipe.Text], "named in the recipe") : candidates.Text(labelName);
        return (
            new RecognisedColumns(text.Columns.IsEmpty ? [Known(null, "text", table)] : text.Columns, text.Reason, labelName, label.Reason),
            [.. new[] { label.Question, text.Question, candidates.Doubled(recipe, label, text) }.OfType<Finding>()]);
    }

    /// <summary>The position of a column that the recipe names.</summary>
    public static int Require(ImmutableArray<string> columns, string wanted, string field, string file)
    {
        int index = columns.IndexOf(wanted);
        if (index >= 0)
        {
            return index;
        }

        string[] near = [.. columns.Where(c => string.Equals(c, wanted, StringComparison.OrdinalIgnoreCase)).Take(1)];
        throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"there is no column \"{wanted}\" (recipe: {field}); the file has {string.Join(", ", columns.Take(30))}",
            near.Length > 0 ? $"Did you mean \"{near[0]}\"? Column names are case-sensitive" : $"Correct {field} in the recipe or the file's header",
            new SourceLocation(file, 1, wanted),
            Field: field));
    }

    private static string Known(string? name, string role, TableReader table)
    {
        if (name is not null)
        {
            return name;
        }

        // With so few rows no column looks like one of labels; naming it would only lead to the next refusal.
        int rows = table.FirstBatch.RecordCount;
        if (table.FirstIsAll && rows < UsableRows.Minimum)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the file has {rows} rows, fewer than ten examples",
                "Add rows: a classifier needs at least ten labelled texts, and hundreds to be any good",
                new SourceLocation(table.Source.Name)));
        }

        throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"no {role} column can be told from the names ({string.Join(", ", table.Columns.Take(30))}) or the values",
            $"Name it in the recipe: \"dataset\": {{ \"{role}\": \"…\" }}",
            new SourceLocation(table.Source.Name, 1),
            Field: $"dataset.{role}"));
    }

    internal static int IndexOf(ImmutableArray<string> columns, string name)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            if (Plain(columns[i]).Equals(Plain(name), StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    internal static string Plain(string name) =>
        new StringBuilder(name).Replace("_", "").Replace("-", "").Replace(" ", "").ToString().ToLowerInvariant();
}
