using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Recipes;

public sealed record DatasetRecipe
{
    /// <summary>Column or columns that make the text, joined in this order; empty: recognised.</summary>
    public OneOrMany<string> Text { get; init; }
    public string Join { get; init; } = "\n\n";
    /// <summary>Null: recognised.</summary>
    public string? Label { get; init; }
    public CsvRecipe Csv { get; init; } = new();
    public LimitsRecipe Limits { get; init; } = new();
    public ImmutableArray<FilterRecipe> Filters { get; init; } = [];
    public LabelsRecipe Labels { get; init; } = new();
    public CleaningRecipe Cleaning { get; init; } = new();
    public RareClassesRecipe RareClasses { get; init; } = new();
    public DuplicatesRecipe Duplicates { get; init; } = new();
    public SplitRecipe Split { get; init; } = new();
    public Balance Balance { get; init; } = Balance.None;
    /// <summary>Columns whose values are kept with the holdout rows so that metrics can be given per value.</summary>
    public ImmutableArray<string> Slices { get; init; } = [];
}

public enum Balance { None, Undersample, Oversample }

public sealed record CsvRecipe
{
    /// <summary>One of comma, semicolon, tab and pipe; null: detected.</summary>
    public string? Delimiter { get; init; }
    /// <summary>False: columns are named by position, "1", "2"...</summary>
    public bool Header { get; init; } = true;
    /// <summary>utf-8, utf-16, latin-1 or any name of an encoding that .NET knows; null: detected.</summary>
    public string? Encoding { get; init; }
    public CsvQuote Quote { get; init; } = CsvQuote.Auto;
    /// <summary>Cells of rejects.csv and suspects.csv that a spreadsheet would run begin with an apostrophe.</summary>
    public bool Guard { get; init; } = true;
}

/// <summary>What reading a file may take before it is refused.</summary>
public sealed record LimitsRecipe
{
    public int Rows { get; init; } = 2_500_000;
    /// <summary>Megabytes that a packed file may unpack to.</summary>
    public int UnpackedMegabytes { get; init; } = 4_000;
    public int Seconds { get; init; } = 600;

    /// <summary>What the host allows at most; null where nobody but the recipe says.</summary>
    [JsonIgnore]
    public LimitsRecipe? Host { get; init; }

    /// <summary>The lower of each limit and the host's.</summary>
    public LimitsRecipe Within(LimitsRecipe host) => new()
    {
        Rows = Math.Min(Rows, host.Rows),
        UnpackedMegabytes = Math.Min(UnpackedMegabytes, host.UnpackedMegabytes),
        Seconds = Math.Min(Seconds, host.Seconds),
        Host = host,
    };
}

/// <summary>What stands around cells. Auto: detected, and a cell whose lines look like rows of their own is a question.</summary>
#pragma warning disable CA1720 // Double and single are the usual words for quotes; nothing here is a number.
public enum CsvQuote { Auto, Double, Single, None }
#pragma warning restore CA1720

/// <summary>Keeps the rows whose cell equals one of the given values (or none of them).</summary>
public sealed record FilterRecipe
{
    public required string Column { get; init; }
    [JsonPropertyName("equals")]
    public OneOrMany<string> EqualTo { get; init; }
    [JsonPropertyName("notEquals")]
    public OneOrMany<string> NotEqualTo { get; init; }
}

public sealed record LabelsRecipe
{
    /// <summary>All labels from worst to best; given, labels are ordered and others are rejected.</summary>
    public ImmutableArray<string> Order { get; init; } = [];
    /// <summary>The labels that count as good in good-versus-bad.</summary>
    public ImmutableArray<string> Good { get; init; } = [];
    /// <summary>Raw cell -> label, applied before <see cref="Order"/>.</summary>
    public ImmutableSortedDictionary<string, string> Map { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>Whether the distance between labels means anything; null: told from the column's name and the labels.</summary>
    public bool? Ordered { get; init; }
    /// <summary>Spellings of one label (case, white space, 1 and 1.0) are one class, under the most frequent spelling.</summary>
    public bool Merge { get; init; } = true;
    /// <summary>Cells that mean "no label", written in small letters for any case ("nan" is NaN too); the empty cell always does.</summary>
    public ImmutableArray<string> Missing { get; init; } =
        ["nan", "null", "n/a", "#n/a", "<na>", "nat", "None", "NA", "\\N"];
    public SeveralLabels Several { get; init; } = SeveralLabels.Refuse;
    public LabelDistances Distances { get; init; } = LabelDistances.Ranks;
}

/// <summary>How far apart ordered labels are.</summary>
public enum LabelDistances { Ranks, Values }

/// <summary>What happens to a row with more than one label.</summary>
public enum SeveralLabels { Refuse, First, Reject, Combine }

public sealed record CleaningRecipe
{
    /// <summary>Decode &amp;amp; and the like.</summary>
    public bool HtmlEntities { get; init; }
    public SpecialTokens SpecialTokens { get; init; } = SpecialTokens.Escape;
    public int MinCharacters { get; init; } = 1;
    /// <summary>Longer texts are handled as <see cref="TooLong"/> says.</summary>
    public int MaxCharacters { get; init; } = 20_000;
    /// <summary>Estimated tokens; null: no limit of its own.</summary>
    public int? MaxTokens { get; init; }
    public TooLong TooLong { get; init; } = TooLong.Truncate;
}

public enum SpecialTokens { Escape, Reject }

public enum TooLong { Truncate, Reject }

public sealed record RareClassesRecipe
{
    /// <summary>Rows a class must have to be trained and judged; at least 3 so that every split gets one.</summary>
    public int MinimumRows { get; init; } = 3;
    public RareClassAction Action { get; init; } = RareClassAction.Fail;
    /// <summary>The label that rare classes are merged into.</summary>
    public string Other { get; init; } = "other";
}

public enum RareClassAction { Fail, Drop, Merge }

public sealed record DuplicatesRecipe
{
    public ConflictPolicy Conflicts { get; init; } = ConflictPolicy.Majority;
    /// <summary>Null: near-duplicates are not looked for.</summary>
    public NearDuplicatesRecipe? Near { get; init; }
}

/// <summary>What happens to a text that occurs with different labels.</summary>
public enum ConflictPolicy { Majority, First, Drop, Keep }

public sealed record NearDuplicatesRecipe
{
    /// <summary>Jaccard similarity of character shingles from which two texts belong together; 0.5 to 1.</summary>
    public double Threshold { get; init; } = 0.85;
    /// <summary>Characters a shingle.</summary>
    public int Shingle { get; init; } = 5;
}

public sealed record SplitRecipe
{
    public double Test { get; init; } = 0.2;
    public double Validation { get; init; } = 0.2;
    public int Seed { get; init; } = 42;
    public SplitMethod Method { get; init; } = SplitMethod.Stratified;
    /// <summary>The data's own split (method column), the group (group) or the date (time).</summary>
    public string? Column { get; init; }
    /// <summary>Method column: which values mean which split; null: train, validation|valid|val|dev, test.</summary>
    public ImmutableSortedDictionary<string, string> Values { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public enum SplitMethod { Stratified, Stable, Column, Group, Time }
