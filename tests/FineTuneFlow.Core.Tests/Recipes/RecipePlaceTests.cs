using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

/// <summary>Where a problem is said to be, and in how many words.</summary>
public sealed class RecipePlaceTests
{
    [Theory]
    [InlineData("{\n  \"candidates\": [\n    { \"name\": \"a\", \"model\": \"m\" },\n    { \"name\": \"b\",\n      \"model\": \"m\", \"shots\": 2 }\n  ]\n}", 5, "30")]
    [InlineData("{\r\n  \"version\": 1,\r\n\r\n  \"budget\": {\r\n    \"usd\": -1\r\n  }\r\n}", 5, "12")]
    [InlineData("{ \"dataset\": { \"label\": \"😀é\", \"text\": \"😀é\" } }", 1, "25")] // the label; before it there are only ASCII letters
    [InlineData("{ \"dataset\": { \"text\": \"é\", \"label\": \"é\" } }", 1, "38")]
    [InlineData("{ \"dataset\": { \"text\": \"😀\", \"label\": \"😀\" } }", 1, "39")] // a smiley is two UTF-16 characters
    [InlineData("{ \"candidates\": [{ \"name\": \"a\", \"model\": \"m\" }, { \"name\": \"b\" }] }", 1, "49")] // what is missing is at what misses it
    [InlineData("{\n\"dataset\": { \"split\": { \"method\": \"time\" } } }", 2, "35")]
    [InlineData("{ \"candidates\": [{ \"name\": \"a\", \"model\": \"m\", \"epochs\": [1, 2] }, { \"name\": \"a-e2\", \"model\": \"m\" }] }", 1, "77")]
    [InlineData("{ \"dataset\": { \"labels\": { \"order\": [\"a\", \"b\"], \"map\": { \"x\": \"a\", \"xy\": \"c\" } } } }", 1, "74")]
    [InlineData("{ \"dataset\": { \"labels\": { \"order\": [\"a\", \"b\"], \"map\": { \"x\": \"a\", \"x.y\": \"c\" } } } }", 1, "75")]
    [InlineData("{ \"budget\": {\n \"usd\": 1,\n    \"usd\":\n 2 } }", 3, "5")]
    public void A_problem_is_placed_by_line_and_character_of_what_is_wrong(string json, int line, string column) =>
        Problems(json).ShouldHaveSingleItem().Location.ShouldBe(new SourceLocation("r.json", line, column));

    [Fact]
    public void Of_twelve_candidates_the_twelfth_is_not_taken_for_the_first()
    {
        string candidates = string.Join(",\n", Enumerable.Range(0, 12).Select(i => $$"""{ "name": "c{{i}}", "model": "m", "shots": {{(i == 11 ? 1 : 0)}} }"""));

        Problems($$"""{ "candidates": [{{candidates}}] }""").ShouldHaveSingleItem().Location!.Line.ShouldBe(12);
    }

    [Fact]
    public void A_problem_of_the_whole_file_is_placed_in_it_and_says_what_to_do()
    {
        byte[][] files = [new byte[(1 << 20) + 1], [0xff], [], Encoding.UTF8.GetBytes("{ \"a\": \"\\ud800\" }"), Encoding.UTF8.GetBytes("{"), Encoding.UTF8.GetBytes("[]")];
        foreach (byte[] file in files)
        {
            Failure only = RecipeReader.Check("r.json", file).Problems.ShouldHaveSingleItem();
            only.Location.ShouldNotBeNull().File.ShouldBe("r.json");
            only.Remedy.ShouldNotBeNullOrEmpty();
            only.Field.ShouldBeNull();
        }
    }

    [Fact]
    public void A_problem_without_a_remedy_is_told_without_brackets()
    {
        Failure At(int line) => new(FailureKind.InvalidInput, $"problem {line}", null, new SourceLocation("r.json", line, "1"));

        new RecipeReading(null, [At(1), At(2)]).Summary!.Message.ShouldBe("2 problems: problem 1; line 2, column 1: problem 2");
    }

    [Fact]
    public void One_problem_is_told_as_it_is_and_several_with_the_places_of_the_others()
    {
        RecipeReading one = Check("""{ "version": 2 }""");
        one.Summary.ShouldBe(one.Problems[0]);
        Check("{}").Summary.ShouldBeNull();

        Failure several = Check("{ \"version\": 2,\n  \"budget\": { \"usd\": -1, \"approveAbove\": \"x\" } }").Summary!;

        several.Location.ShouldBe(new SourceLocation("r.json", 1, "14"));
        several.Message.ShouldBe(
            "3 problems: version is 2, but must be a whole number from 1 to 1 (Write a number from 1 to 1.); "
            + "line 2, column 22: budget.usd is -1, but must be a number from 0 to 10,000,000 (Write a number from 0 to 10,000,000.); "
            + "line 2, column 42: budget.approveAbove is a text, but must be a number from 0 to 10,000,000 (Write a number from 0 to 10,000,000.)");
        several.Remedy.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "dataset": [] }""", "dataset is a list, but must be an object { ... }", "Write an object { ... }.")]
    [InlineData("""{ "dataset": null }""", "dataset is null, but must be an object { ... }", "Leave the property out to get its default.")]
    [InlineData("""{ "dataset": true }""", "dataset is true, but must be an object { ... }", "Write an object { ... }.")]
    [InlineData("""{ "dataset": false }""", "dataset is false, but must be an object { ... }", "Write an object { ... }.")]
    [InlineData("""{ "dataset": 12 }""", "dataset is 12, but must be an object { ... }", "Write an object { ... }.")]
    [InlineData("""{ "budget": { "usd": {} } }""", "budget.usd is an object, but must be a number from 0 to 10,000,000", "Write a number from 0 to 10,000,000.")]
    [InlineData("""{ "dataset": { "text": 1 } }""", "dataset.text is 1, but must be a text or a list of a text", "Write a text or a list of a text.")]
    [InlineData("""{ "dataset": { "csv": { "header": "yes" } } }""", "dataset.csv.header is a text, but must be true or false", "Write true or false.")]
    [InlineData("""{ "baselines": [{ "name": "a", "kind": "encoder", "continueFrom": "zzz" }] }""", "baselines[0].continueFrom is \"zzz\", but must be one of \"champion\"", "Write one of \"champion\".")]
    [InlineData("""{ "dataset": { "label": 1 } }""", "dataset.label is 1, but must be a text", "Write a text.")]
    [InlineData("""{ "dataset": { "split": { "test": 1 } } }""", "dataset.split.test is 1, but must be a number above 0 and below 1", "Write a number above 0 and below 1.")]
    [InlineData("""{ "dataset": { "split": { "test": 0 } } }""", "dataset.split.test is 0, but must be a number above 0 and below 1", "Write a number above 0 and below 1.")]
    [InlineData("""{ "dataset": { "split": { "validation": 1 } } }""", "dataset.split.validation is 1, but must be a number from 0 and below 1", "Write a number from 0 and below 1.")]
    [InlineData("""{ "budget": { "approvalHours": 0 } }""", "budget.approvalHours is 0, but must be a number above 0 to 720", "Write a number above 0 to 720.")]
    [InlineData("""{ "deadlineHours": 720.5 }""", "deadlineHours is 720.5, but must be a number from 0.01 to 720", "Write a number from 0.01 to 720.")]
    [InlineData("""{ "dataset": { "csv": { "delimiter": "colon" } } }""", "dataset.csv.delimiter is \"colon\", but must be one of \"comma\", \"semicolon\", \"tab\", \"pipe\"", "Write one of \"comma\", \"semicolon\", \"tab\", \"pipe\".")]
    [InlineData("""{ "dataset": { "label": "" } }""", "dataset.label is empty", "Give it a value or leave it out.")]
    [InlineData("""{ "dataset": { "csv": { "encoding": "a2345678901234567890123456789012345678901" } } }""", "dataset.csv.encoding has 41 characters", "At most 40 are allowed.")]
    [InlineData("""{ "dataset": { "text": ["a", "b", "a"] } }""", "dataset.text lists \"a\" more than once", "Remove the repetition.")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "learningRateMultiplier": [1, 1.0] }] }""", "candidates[0].learningRateMultiplier lists \"1\" more than once", "Remove the repetition.")]
    [InlineData("""{ "nothing-like-it": 1 }""", "unknown property \"nothing-like-it\" in a recipe", "Known here: version, dataset, budget, candidates, baselines, evaluation, promotion, retrain, serving, deadlineHours, retention.")]
    [InlineData("""{ "a234567890123456789012345678901234567890": 1 }""", "unknown property \"a234567890123456789012345678901234567890\" in a recipe", null)]
    [InlineData("""{ "a2345678901234567890123456789012345678901": 1 }""", "unknown property \"a23456789012345678901234567890123456789…\" in a recipe", null)]
    [InlineData("""{ "dataset": { "filters": [{}] } }""", "dataset.filters[0] has no \"column\"", null)]
    [InlineData("""{ "dataset": { "labels": { "map": { "a": 1 } } } }""", "dataset.labels.map.a is 1, but must be a text", "Write a text.")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": 99999999999 }] }""", "candidates[0].epochs is 99999999999, but must be a whole number from 1 to 50", "Write a number from 1 to 50.")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": 1.0 }] }""", "candidates[0].epochs is 1.0, but must be a whole number from 1 to 50 or a list of a whole number from 1 to 50", null)]
    public void A_problem_says_what_stands_there_and_what_may(string json, string message, string? remedy)
    {
        Failure only = Problems(json).ShouldHaveSingleItem();
        only.Message.ShouldBe(message);
        if (remedy is not null)
        {
            only.Remedy.ShouldBe(remedy);
        }
    }

    [Theory]
    [InlineData("""{ "dataset": { "csv": { "encoding": "a234567890123456789012345678901234567890" } } }""")] // 40 characters
    [InlineData("""{ "dataset": { "label": "x" } }""")] // one
    [InlineData("""{ "budget": { "usd": 0, "approveAbove": 10000000, "approvalHours": 720 } }""")]
    [InlineData("""{ "dataset": { "split": { "test": 0.2, "validation": 0, "seed": -2147483648 } } }""")]
    [InlineData("""{ "candidates": [{ "name": "0a2345678901234567890123456789012345678z", "model": "m" }] }""")]
    [InlineData("""{ "candidates": [{ "name": "a-", "model": "m", "epochs": [50, 1], "provider": null, "seed": null }] }""")]
    [InlineData("""{ "dataset": { "label": null, "labels": { "ordered": null, "map": { "a": "x", "b": "x" } }, "duplicates": { "near": null } } }""")]
    public void What_stands_at_a_limit_is_taken(string json) => Problems(json).ShouldBeEmpty();

    [Theory]
    [InlineData(50, null)]
    [InlineData(51, "dataset.filters has 51 entries")]
    public void A_list_has_as_many_entries_as_the_schema_allows(int filters, string? expected)
    {
        string list = string.Join(", ", Enumerable.Repeat("""{ "column": "a", "equals": "b" }""", filters));

        Problems($$"""{ "dataset": { "filters": [{{list}}] } }""").Select(problem => (problem.Message, problem.Remedy)).ShouldBe(expected is null ? [] : [(expected, "At most 50 are allowed.")]);
    }

    [Theory]
    [InlineData(1 << 20, false)]
    [InlineData((1 << 20) + 1, true)]
    public async Task A_recipe_has_at_most_a_mebibyte(int bytes, bool refused)
    {
        byte[] json = Encoding.UTF8.GetBytes("{}" + new string(' ', bytes - 2));

        RecipeReader.Check("r.json", json).Problems.Length.ShouldBe(refused ? 1 : 0);
        Task<Recipe> reading = RecipeReader.ReadAsync("r.json", new MemoryStream(json), TestContext.Current.CancellationToken);
        (await Record.ExceptionAsync(() => reading) is FlowException).ShouldBe(refused);
    }

    [Fact]
    public async Task A_stream_that_comes_in_small_parts_is_read_whole()
    {
        using var parts = new ChoppedStream(Encoding.UTF8.GetBytes("""{ "budget": { "usd": 7 }, "deadlineHours": 9 }"""));

        Recipe recipe = await RecipeReader.ReadAsync("r.json", parts, TestContext.Current.CancellationToken);

        (recipe.Budget.Usd, recipe.DeadlineHours).ShouldBe((7, 9));
    }

    [Theory]
    [InlineData("{} x", 1, "4")]
    [InlineData("{\n\n  \"a\" 1\n}", 3, "7")]
    [InlineData("{ \"a\": 1,, }", 1, "10")]
    public void What_is_not_JSON_is_placed(string json, int line, string column)
    {
        Failure only = Problems(json).ShouldHaveSingleItem();

        only.Message.ShouldStartWith("not JSON: ");
        only.Location.ShouldBe(new SourceLocation("r.json", line, column));
    }

    /// <summary>The parser quotes everything up to the next mark, which may be the whole file.</summary>
    [Theory]
    [InlineData("tz\nz", "'tz…")]
    [InlineData("tz\rz", "'tz…")]
    [InlineData("t*101", "'t*101' is an invalid JSON literal. Expected the literal 'true'")] // 160 characters
    [InlineData("t*102", "'t*102' is an invalid JSON literal. Expected the literal 'true…")]
    [InlineData("t*500", "'t*158…")]
    [InlineData("t*500\nz", "'t*158…")]
    public void What_the_parser_quotes_ends_with_its_line_or_after_a_hundred_and_sixty_letters(string json, string told) =>
        Problems(Long(json)).ShouldHaveSingleItem().Message.ShouldBe("not JSON: " + Long(told));

    private static string Long(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, @"\*(\d+)", match => new string('z', int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));

    private static RecipeReading Check(string json) => RecipeReader.Check("r.json", Encoding.UTF8.GetBytes(json));

    private static System.Collections.Immutable.ImmutableArray<Failure> Problems(string json) => Check(json).Problems;

    private sealed class ChoppedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 5)], cancellationToken);
    }
}
