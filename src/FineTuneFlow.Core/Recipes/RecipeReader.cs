using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Reads recipes strictly: comments and trailing commas are welcome, but whatever has no meaning is an error that
/// names its place and the nearest right name.</summary>
public static class RecipeReader
{
    private const int MaxBytes = 1 << 20;

    /// <summary>What is run without a recipe: columns recognised, the linear baseline, and beside it one affordable fine-tune where the
    /// provider trains today, else the model that it suggests to ask.</summary>
    public static Recipe Default { get; } = new()
    {
        Candidates = [new CandidateRecipe { Name = CandidateRecipe.SuggestedModel, Model = CandidateRecipe.SuggestedModel }],
        Baselines = [new BaselineRecipe { Name = "linear" }],
    };

    /// <summary>The recipe with what is left out filled in: <see cref="Default"/>'s candidates and baselines stand in for
    /// absent ones (an empty list stays empty).</summary>
    /// <param name="fileName">As the user knows it, for messages.</param>
    /// <param name="json">UTF-8, with or without a byte order mark; at most 1 MiB.</param>
    /// <exception cref="FlowException">InvalidInput: everything that is wrong, the first place as the failure's location.</exception>
    public static Recipe Read(string fileName, ReadOnlySpan<byte> json)
    {
        RecipeReading reading = Check(fileName, json);
        return reading.Recipe ?? throw new FlowException(reading.Summary!);
    }

    /// <inheritdoc cref="Read(string, ReadOnlySpan{byte})"/>
    public static async Task<Recipe> ReadAsync(string fileName, Stream json, CancellationToken cancellation = default)
    {
        using var bytes = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while (bytes.Length <= MaxBytes && (read = await json.ReadAsync(part, cancellation)) > 0)
        {
            bytes.Write(part, 0, read);
        }

        return Read(fileName, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads without throwing, for editors and for showing all problems at once.</summary>
    /// <inheritdoc cref="Read(string, ReadOnlySpan{byte})" path="/param"/>
    public static RecipeReading Check(string fileName, ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return Failed(new Failure(FailureKind.InvalidInput, "a recipe of more than 1 MiB", "Is this really the recipe?", new SourceLocation(fileName)));
        }

        ReadOnlySpan<byte> text = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (!Utf8.IsValid(text))
        {
            return Failed(new Failure(FailureKind.InvalidInput, "the recipe is not UTF-8", "Save it as UTF-8.", new SourceLocation(fileName)));
        }

        PlacedJson root;
        try
        {
            root = PlacedJsonParser.Parse(text);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return Failed(NotJson(fileName, text, wrong));
        }

        ImmutableArray<Failure> problems = SchemaCheck.Run(fileName, root, RecipeSchema.Root);
        if (problems.Length > 0)
        {
            return new RecipeReading(null, problems);
        }

        Recipe recipe = RecipeBinding.Bind(root);
        recipe = recipe with
        {
            Candidates = root["candidates"] is null ? Default.Candidates : recipe.Candidates,
            Baselines = root["baselines"] is null ? Default.Baselines : recipe.Baselines,
        };
        problems = [.. RecipeRules.Check(recipe).Select(problem => Placed(fileName, root, problem))];
        return new RecipeReading(problems.Length == 0 ? recipe : null, problems);
    }

    private static RecipeReading Failed(Failure failure) => new(null, [failure]);

    private static Failure NotJson(string fileName, ReadOnlySpan<byte> text, Exception wrong)
    {
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new Failure(FailureKind.InvalidInput, "the recipe is empty", "Write at least {}.", new SourceLocation(fileName));
        }

        if (wrong is not JsonException { LineNumber: { } line, BytePositionInLine: { } at } json)
        {
            return new Failure(FailureKind.InvalidInput, "a text in the recipe holds half a surrogate pair", "Remove the broken \\u escape.", new SourceLocation(fileName));
        }

        string message = JsonFault.SentenceOf(json);
        // The parser quotes everything up to the next mark, which may be the whole file.
        int breaks = message.AsSpan().IndexOfAny('\r', '\n');
        message = breaks < 0 && message.Length <= 160 ? message : message[..Math.Min(breaks < 0 ? message.Length : breaks, 160)] + "…";
        string column = (at + 1).ToString(CultureInfo.InvariantCulture);
        return new Failure(FailureKind.InvalidInput, "not JSON: " + message, "Correct the file at this place.", new SourceLocation(fileName, line + 1, column));
    }

    private static Failure Placed(string fileName, PlacedJson root, RecipeProblem problem)
    {
        // The property that is wrong may be left out of the file: then its nearest parent is the place.
        PlacedJson place = root;
        // Names in the file may hold points: of "a" and "a.b" the longer one is meant.
        while (place.Members.Select(member => member.Value).Concat(place.Items).Where(child => Holds(child.Path, problem.Path)).MaxBy(child => child.Path.Length) is { } child)
        {
            place = child;
        }

        var location = new SourceLocation(fileName, place.Line, place.Column.ToString(CultureInfo.InvariantCulture));
        return new Failure(FailureKind.InvalidInput, $"{problem.Path}: {problem.Message}", problem.Remedy, location, problem.Path);
    }

    private static bool Holds(string parent, string path) =>
        path.StartsWith(parent, StringComparison.Ordinal) && (path.Length == parent.Length || path[parent.Length] is '.' or '[');
}
