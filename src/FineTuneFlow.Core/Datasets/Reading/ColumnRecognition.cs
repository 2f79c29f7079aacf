using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Finds the text and label columns: as the recipe says, else by well-known names, else by how the values look.</summary>
internal static class ColumnRecognition
{
    private static readonly string[] TitleNames = ["title", "review_title", "headline", "subject", "summary", "heading"];
    private static readonly string[] TextNames =
    [
        "text", "review", "review_body", "review_text", "reviewtext", "body", "content", "comment", "message", "tweet", "sentence",
        "question", "utterance", "query", "description", "post", "document", "prompt", "input",
    ];

    internal static readonly string[] LabelNames =
    [
        "label", "labels", "stars", "star", "rating", "score", "sentiment", "category", "class", "intent", "target", "topic",
        "stars_rating", "star_rating", "overall", "completion", "output", "answer", "y",
    ];

    public static RecognisedColumns Recognise(TableReader table, DatasetRecipe recipe)
    {
        var columns = table.Columns;
        var stats = new Lazy<ImmutableArray<ColumnStatistics>>(() => ColumnStatistics.Of(table.FirstBatch, columns.Length));
        foreach (string wanted in recipe.Text)
        {
            Require(columns, wanted, "dataset.text", table.Source.Name);
        }

        if (recipe.Label is { } asked)
        {
            Require(columns, asked, "dataset.label", table.Source.Name);
        }

        var (label, labelReason) = recipe.Label is { } given
            ? (given, "named in the recipe")
            : FindLabel(columns, recipe, stats);
        if (recipe.Text.Count > 0)
        {
            return new RecognisedColumns([.. recipe.Text], "named in the recipe", Known(label, "label", table), labelReason);
        }

        var (text, textReason) = FindText(columns, label, recipe, stats);
        return new RecognisedColumns(
            text.IsEmpty ? [Known(null, "text", table)] : text, textReason, Known(label, "label", table), labelReason);
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
        if (table.Source.HeadIsAll && table.Source.BytesRead < SourceReader.HeadBytes / 2 && rows < UsableRows.Minimum)
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

    private static (string? Label, string Reason) FindLabel(
        ImmutableArray<string> columns, DatasetRecipe recipe, Lazy<ImmutableArray<ColumnStatistics>> stats)
    {
        foreach (string name in LabelNames)
        {
            int i = IndexOf(columns, name);
            if (i >= 0 && !recipe.Text.Contains(columns[i]) && stats.Value[i].CouldBeLabel)
            {
                return (columns[i], $"its name, and {stats.Value[i].Distinct} different values in the first {stats.Value[i].Rows} rows");
            }
        }

        int best = -1;
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnStatistics s = stats.Value[i];
            if (s.CouldBeLabel && s.Distinct >= 2 && !recipe.Text.Contains(columns[i])
                && (best < 0 || s.LabelScore > stats.Value[best].LabelScore))
            {
                best = i;
            }
        }

        return best < 0
            ? (null, "")
            : (columns[best], $"its values: {stats.Value[best].Distinct} different ones, each often, in the first {stats.Value[best].Rows} rows");
    }

    private static (ImmutableArray<string> Text, string Reason) FindText(
        ImmutableArray<string> columns, string? label, DatasetRecipe recipe, Lazy<ImmutableArray<ColumnStatistics>> stats)
    {
        bool Free(string column) => column != label && column != recipe.Split.Column && !recipe.Slices.Contains(column);
        foreach (string name in TextNames)
        {
            int i = IndexOf(columns, name);
            if (i < 0 || !Free(columns[i]))
            {
                continue;
            }

            foreach (string title in TitleNames)
            {
                int t = IndexOf(columns, title);
                if (t >= 0 && t != i && Free(columns[t]) && stats.Value[t].MeanLength > 3)
                {
                    return ([columns[t], columns[i]], "their names: title and body make one text");
                }
            }

            return ([columns[i]], "its name");
        }

        int best = -1;
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnStatistics s = stats.Value[i];
            if (Free(columns[i]) && s.Words > 1.5 && (best < 0 || s.TextScore > stats.Value[best].TextScore))
            {
                best = i;
            }
        }

        return best < 0
            ? ([], "")
            : ([columns[best]], $"its values: {stats.Value[best].Words:0.#} words on average, nearly all different");
    }

    private static int IndexOf(ImmutableArray<string> columns, string name)
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

    private static string Plain(string name) =>
        new StringBuilder(name).Replace("_", "").Replace("-", "").Replace(" ", "").ToString().ToLowerInvariant();
}
