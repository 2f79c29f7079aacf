using System.Text.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>The part <c>dataset</c> of a checked recipe.</summary>
internal static class DatasetBinding
{
    private static readonly DatasetRecipe Absent = new();
    private static readonly NearDuplicatesRecipe AbsentNear = new();

    public static DatasetRecipe Bind(PlacedJson? dataset) => dataset is null ? Absent : new DatasetRecipe
    {
        Text = dataset.OneOrMany("text", value => value.Text),
        Join = dataset.Text("join", Absent.Join),
        Label = dataset.TextOrNull("label"),
        Csv = dataset["csv"] is { } csv ? Csv(csv) : Absent.Csv,
        Limits = dataset["limits"] is { } limits ? Limits(limits) : Absent.Limits,
        Filters = dataset.List("filters", Filter),
        Labels = dataset["labels"] is { } labels ? Labels(labels) : Absent.Labels,
        Cleaning = dataset["cleaning"] is { } cleaning ? Cleaning(cleaning) : Absent.Cleaning,
        RareClasses = dataset["rareClasses"] is { } rare ? RareClasses(rare) : Absent.RareClasses,
        Duplicates = dataset["duplicates"] is { } duplicates ? Duplicates(duplicates) : Absent.Duplicates,
        Split = dataset["split"] is { } split ? Split(split) : Absent.Split,
        Balance = dataset.Choice("balance", Absent.Balance),
        Slices = dataset.Texts("slices"),
    };

    private static CsvRecipe Csv(PlacedJson csv) => new()
    {
        Delimiter = csv.TextOrNull("delimiter"),
        Header = csv.Truth("header", Absent.Csv.Header),
        Encoding = csv.TextOrNull("encoding"),
        Quote = csv.Choice("quote", Absent.Csv.Quote),
        Guard = csv.Truth("guard", Absent.Csv.Guard),
    };

    private static LimitsRecipe Limits(PlacedJson limits) => new()
    {
        Rows = limits.Whole("rows", Absent.Limits.Rows),
        UnpackedMegabytes = limits.Whole("unpackedMegabytes", Absent.Limits.UnpackedMegabytes),
        Seconds = limits.Whole("seconds", Absent.Limits.Seconds),
    };

    private static FilterRecipe Filter(PlacedJson filter) => new()
    {
        Column = filter.Text("column", ""),
        EqualTo = filter.OneOrMany("equals", value => value.Text),
        NotEqualTo = filter.OneOrMany("notEquals", value => value.Text),
    };

    private static LabelsRecipe Labels(PlacedJson labels) => new()
    {
        Order = labels.Texts("order"),
        Good = labels.Texts("good"),
        Map = labels.Map("map"),
        Ordered = labels.Given("ordered") is { } ordered ? ordered.Kind == JsonValueKind.True : null,
        Merge = labels.Truth("merge", Absent.Labels.Merge),
        Missing = labels.Given("missing") is null ? Absent.Labels.Missing : labels.Texts("missing"),
        Distances = labels.Choice("distances", Absent.Labels.Distances),
        Several = labels.Choice("several", Absent.Labels.Several),
    };

    private static CleaningRecipe Cleaning(PlacedJson cleaning) => new()
    {
        HtmlEntities = cleaning.Truth("htmlEntities", Absent.Cleaning.HtmlEntities),
        SpecialTokens = cleaning.Choice("specialTokens", Absent.Cleaning.SpecialTokens),
        MinCharacters = cleaning.Whole("minCharacters", Absent.Cleaning.MinCharacters),
        MaxCharacters = cleaning.Whole("maxCharacters", Absent.Cleaning.MaxCharacters),
        MaxTokens = cleaning.WholeOrNull("maxTokens"),
        TooLong = cleaning.Choice("tooLong", Absent.Cleaning.TooLong),
    };

    private static RareClassesRecipe RareClasses(PlacedJson rare) => new()
    {
        MinimumRows = rare.Whole("minimumRows", Absent.RareClasses.MinimumRows),
        Action = rare.Choice("action", Absent.RareClasses.Action),
        Other = rare.Text("other", Absent.RareClasses.Other),
    };

    private static DuplicatesRecipe Duplicates(PlacedJson duplicates) => new()
    {
        Conflicts = duplicates.Choice("conflicts", Absent.Duplicates.Conflicts),
        Near = duplicates.Given("near") is { } near ? Near(near) : null,
    };

    private static NearDuplicatesRecipe Near(PlacedJson near) => new()
    {
        Threshold = near.Number("threshold", AbsentNear.Threshold),
        Shingle = near.Whole("shingle", AbsentNear.Shingle),
    };

    private static SplitRecipe Split(PlacedJson split) => new()
    {
        Test = split.Number("test", Absent.Split.Test),
        Validation = split.Number("validation", Absent.Split.Validation),
        Seed = split.Whole("seed", Absent.Split.Seed),
        Method = split.Choice("method", Absent.Split.Method),
        Column = split.TextOrNull("column"),
        Values = split.Map("values"),
    };
}
