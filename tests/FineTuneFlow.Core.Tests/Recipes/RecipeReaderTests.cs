using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class RecipeReaderTests
{
    [Fact]
    public void An_empty_object_gives_one_affordable_candidate_and_the_linear_baseline()
    {
        Recipe recipe = Read("{}");

        CandidateRecipe only = recipe.Candidates.ShouldHaveSingleItem();
        only.Model.ShouldBe(CandidateRecipe.SuggestedModel);
        only.Epochs.Count.ShouldBe(0);
        recipe.Baselines.ShouldHaveSingleItem().Kind.ShouldBe(BaselineKind.Linear);
        RecipeHash.Of(recipe).ShouldBe(RecipeHash.Of(RecipeReader.Default));
    }

    [Fact]
    public void The_recipe_of_the_design_is_read_whole()
    {
        Recipe recipe = Read("""
            {
              // comments are welcome
              "$schema": "./recipe.schema.json",
              "version": 1,
              "dataset": {
                "text": ["review_title", "review_body"], "join": "\n\n", "label": "stars",
                "filters": [{ "column": "language", "equals": "en" }],
                "labels": { "order": ["1","2","3","4","5"], "good": ["4","5"] },
                "duplicates": { "conflicts": "majority" },
                "split": { "test": 0.2, "validation": 0.2, "seed": 42, "method": "stratified" },
                "balance": "none"
              },
              "budget": { "usd": 100, "approveAbove": 5 },
              "candidates": [
                { "name": "babbage-1", "provider": "openai", "model": "babbage-002", "epochs": 1 },
                { "name": "babbage-4", "continueFrom": "babbage-1", "epochs": 3 },
                { "name": "gpt", "model": "gpt-3.5-turbo", "epochs": [1, 2] },
                { "name": "few-shot", "kind": "prompt", "model": "gpt-4.1-mini", "shots": 5 },
              ],
              "baselines": [ { "name": "linear", "kind": "linear" }, { "name": "distilbert", "kind": "container", "model": "distilbert-base-cased" } ],
              "promotion": { "metric": "accuracy", "requireSignificance": true }
            }
            """);

        recipe.Dataset.Text.ShouldBe(["review_title", "review_body"]);
        recipe.Dataset.Filters[0].EqualTo.ShouldBe(["en"]);
        recipe.Dataset.Labels.Good.ShouldBe(["4", "5"]);
        recipe.Candidates.Select(c => c.Name).ShouldBe(["babbage-1", "babbage-4", "gpt", "few-shot"]);
        recipe.Candidates[2].Epochs.ShouldBe([1, 2]);
        recipe.Candidates[3].Kind.ShouldBe(CandidateKind.Prompt);
        recipe.Baselines[1].Model.ShouldBe("distilbert-base-cased");
    }

    [Fact]
    public void An_unknown_property_is_refused_with_its_place_and_the_nearest_right_name()
    {
        Failure failure = Refused("""
            {
              "candidates": [
                { "name": "a", "model": "gpt-4.1-mini", "epoch": 3 }
              ]
            }
            """).ShouldHaveSingleItem();

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Location.ShouldBe(new SourceLocation("reviews.json", 3, "45"));
        failure.Field.ShouldBe("candidates[0].epoch");
        failure.Message.ShouldBe("unknown property \"epoch\" in candidates[0]");
        failure.Remedy.ShouldBe("Did you mean \"epochs\"?");
    }

    [Fact]
    public void Columns_count_characters_not_bytes() =>
        Refused("""{ "dataset": { "label": "été 星", "tekst": "a" } }""")
            .ShouldHaveSingleItem().Location.ShouldBe(new SourceLocation("reviews.json", 1, "34"));

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var thrown = Should.Throw<FlowException>(() => Read("""
            {
              "budget": { "usd": -1 },
              "dataset": { "balance": "over" },
              "candidatez": []
            }
            """));

        thrown.Failure.Location.ShouldBe(new SourceLocation("reviews.json", 2, "22"));
        thrown.Message.ShouldContain("3 problems");
        thrown.Message.ShouldContain("line 3, column 27");
        thrown.Message.ShouldContain("Did you mean \"candidates\"?");
    }

    [Theory]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": 0 }] }""", "candidates[0].epochs", "from 1 to 50")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": [1, 51] }] }""", "candidates[0].epochs[1]", "from 1 to 50")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": [1, 1] }] }""", "candidates[0].epochs[1]", "more than once")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": "two" }] }""", "candidates[0].epochs", "a whole number")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": 1.5 }] }""", "candidates[0].epochs", "a whole number")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "learningRateMultiplier": 0 }] }""", "candidates[0].learningRateMultiplier", "above 0")]
    [InlineData("""{ "candidates": [{ "name": "A b", "model": "m" }] }""", "candidates[0].name", "cannot be used as a name")]
    [InlineData("""{ "candidates": [{ "name": "-a", "model": "m" }] }""", "candidates[0].name", "cannot be used as a name")]
    [InlineData("""{ "candidates": [{ "name": "a\n", "model": "m" }] }""", "candidates[0].name", "cannot be used as a name")]
    [InlineData("""{ "candidates": [{ "name": "", "model": "m" }] }""", "candidates[0].name", "cannot be used as a name")]
    [InlineData("""{ "candidates": [{ "name": "a2345678901234567890123456789012345678901", "model": "m" }] }""", "candidates[0].name", "cannot be used as a name")]
    [InlineData("""{ "candidates": [{ "model": "m" }] }""", "candidates[0]", "has no \"name\"")]
    [InlineData("""{ "candidates": [{ "name": "a" }] }""", "candidates[0]", "neither a model nor continueFrom")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m" }, { "name": "a", "model": "m" }] }""", "candidates[1].name", "is taken by candidates[0]")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m" }], "baselines": [{ "name": "a" }] }""", "baselines[0].name", "is taken by candidates[0]")]
    [InlineData("""{ "candidates": [{ "name": "champion", "model": "m" }] }""", "candidates[0].name", "promoted model")]
    [InlineData("""{ "candidates": [{ "name": "babbage", "model": "m" }, { "name": "b", "continueFrom": "babage" }] }""", "candidates[1].continueFrom", "Did you mean \"babbage\"?")]
    [InlineData("""{ "candidates": [{ "name": "a", "continueFrom": "a" }] }""", "candidates[0].continueFrom", "\"a\" cannot continue itself")]
    [InlineData("""{ "candidates": [{ "name": "a", "continueFrom": "b" }, { "name": "b", "continueFrom": "a" }] }""", "candidates[0].continueFrom", "a and b continue each other in a circle")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "epochs": [1,2] }, { "name": "b", "continueFrom": "a" }] }""", "candidates[1].continueFrom", "is a grid")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "continueFrom": "champion" }] }""", "candidates[0].model", "fixes the model")]
    [InlineData("""{ "candidates": [{ "name": "a", "kind": "prompt", "model": "m", "epochs": 2 }] }""", "candidates[0].epochs", "not trained")]
    [InlineData("""{ "candidates": [{ "name": "a", "kind": "prompt" }] }""", "candidates[0]", "Name the model to ask")]
    [InlineData("""{ "candidates": [{ "name": "a", "kind": "promt", "model": "m" }] }""", "candidates[0].kind", "Did you mean \"prompt\"?")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "shots": 3 }] }""", "candidates[0].shots", "only a prompted model")]
    [InlineData("""{ "candidates": [{ "name": "a", "model": "m", "data": "new" }] }""", "candidates[0].data", "continued model")]
    [InlineData("""{ "candidates": [], "baselines": [] }""", "candidates", "neither a candidate nor a baseline")]
    [InlineData("""{ "baselines": [{ "name": "d", "kind": "container" }] }""", "baselines[0]", "distilbert")]
    [InlineData("""{ "baselines": [{ "name": "d", "model": "x" }] }""", "baselines[0].model", "linear baseline")]
    [InlineData("""{ "dataset": { "split": { "test": 0.5, "validation": 0.5 } } }""", "dataset.split", "nothing to train on")]
    [InlineData("""{ "dataset": { "split": { "test": 0 } } }""", "dataset.split.test", "above 0 and below 1")]
    [InlineData("""{ "dataset": { "split": { "method": "column" } } }""", "dataset.split.method", "needs a column")]
    [InlineData("""{ "dataset": { "split": { "column": "x" } } }""", "dataset.split.column", "uses no column")]
    [InlineData("""{ "dataset": { "text": "a", "label": "a" } }""", "dataset.label", "text and label at once")]
    [InlineData("""{ "dataset": { "labels": { "order": ["a", "b"], "good": ["c"] } } }""", "dataset.labels.good[0]", "not in dataset.labels.order")]
    [InlineData("""{ "dataset": { "labels": { "order": ["a", "b"] }, "rareClasses": { "action": "merge", "other": "c" } } }""", "dataset.rareClasses.other", "not in dataset.labels.order")]
    [InlineData("""{ "dataset": { "labels": { "order": ["a", "b"], "good": ["a", "b"] } } }""", "dataset.labels.good", "every label is good")]
    [InlineData("""{ "dataset": { "filters": [{ "column": "x" }] } }""", "dataset.filters[0]", "neither equals nor notEquals")]
    [InlineData("""{ "dataset": null }""", "dataset", "Leave the property out")]
    [InlineData("""{ "budget": { "usd": 1, "usd": 2 } }""", "budget.usd", "given twice")]
    [InlineData("""{ "budget": { "usd": 1e999 } }""", "budget.usd", "must be a number")]
    [InlineData("""{ "version": 2 }""", "version", "from 1 to 1")]
    public void A_recipe_that_cannot_be_meant_is_refused_with_its_field(string json, string field, string part)
    {
        Failure failure = Refused(json)[0];

        failure.Field.ShouldBe(field);
        failure.ToString().ShouldContain(part);
        failure.Remedy.ShouldNotBeNullOrEmpty();
        failure.Location!.File.ShouldBe("reviews.json");
        failure.Location.Line.ShouldBe(1);
    }

    [Theory]
    [InlineData("", "the recipe is empty")]
    [InlineData("  \n", "the recipe is empty")]
    [InlineData("[]", "the recipe is a list")]
    [InlineData("{ \"a\": }", "not JSON")]
    [InlineData("{} {}", "not JSON")]
    [InlineData("{ \"dataset\": { \"label\": \"\\ud800\" } }", "surrogate")]
    public void What_is_not_a_recipe_at_all_is_said_so(string json, string part) => Refused(json)[0].Message.ShouldContain(part);

    [Fact]
    public void Broken_JSON_is_placed_by_line_and_column() =>
        Refused("{\n  \"budget\": { \"usd\": 1 \"x\" }\n}")[0].Location.ShouldBe(new SourceLocation("reviews.json", 2, "24"));

    [Fact]
    public void Other_encodings_are_refused_and_a_byte_order_mark_is_taken()
    {
        RecipeReader.Check("reviews.json", Encoding.Unicode.GetBytes("{ \"version\": 1, \"x\": \"\u00ff\ud83d\ude00\" }")).Recipe.ShouldBeNull();
        RecipeReader.Check("reviews.json", [0xff, 0xfe, (byte)'{']).Problems[0].Message.ShouldContain("UTF-8");
        RecipeReader.Read("reviews.json", [0xef, 0xbb, 0xbf, .. "{}"u8]).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_is_far_too_large_is_not_read_to_its_end()
    {
        using var large = new MemoryStream(new byte[50 << 20]);

        var thrown = await Should.ThrowAsync<FlowException>(() => RecipeReader.ReadAsync("x.csv", large, TestContext.Current.CancellationToken));

        thrown.Message.ShouldContain("1 MiB");
        large.Position.ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public void Whatever_is_done_to_a_recipe_it_is_read_or_refused_with_a_place() =>
        Prop.ForAll(
            (from at in Gen.Choose(0, Whole.Length - 1)
             from length in Gen.Choose(0, 40)
             from instead in Gen.Elements("", "{", "}", "]", ",", ":", "\"", "null", "-1", "1e9", "é", "\\ud800", "//", "x")
             select Whole[..at] + instead + Whole[Math.Min(Whole.Length, at + length)..]).ToArbitrary(),
            json =>
            {
                RecipeReading reading = RecipeReader.Check("reviews.json", Encoding.UTF8.GetBytes(json));
                return (reading.Recipe is null) == (reading.Problems.Length > 0)
                    && reading.Problems.All(problem => problem.Kind == FailureKind.InvalidInput && problem.Location is not null && problem.Message.Length > 0)
                    && (reading.Recipe is null || RecipeHash.Of(reading.Recipe).Length == 64);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private const string Whole = """
        {
          "version": 1, "dataset": { "text": ["title", "body"], "label": "stars", "filters": [{ "column": "l", "equals": "en" }],
            "labels": { "order": ["1", "2"], "good": ["2"], "map": { "one": "1" } }, "split": { "test": 0.2, "seed": -4 } },
          "budget": { "usd": 10.5 }, "candidates": [
            { "name": "a", "model": "babbage-002", "epochs": [1, 2], "learningRateMultiplier": 0.5 },
            { "name": "b", "continueFrom": "champion", "data": "new" }, { "name": "c", "kind": "prompt", "model": "m", "shots": 3 } ],
          "baselines": [{ "name": "linear" }], "evaluation": { "sampleRows": null }, "deadlineHours": 4
        }
        """;

    private static Recipe Read(string json) => RecipeReader.Read("reviews.json", Encoding.UTF8.GetBytes(json));

    private static System.Collections.Immutable.ImmutableArray<Failure> Refused(string json)
    {
        RecipeReading reading = RecipeReader.Check("reviews.json", Encoding.UTF8.GetBytes(json));
        reading.Recipe.ShouldBeNull();
        return reading.Problems;
    }

    [Fact]
    public void A_file_that_is_no_recipe_is_not_shown_whole()
    {
        byte[] csv = System.Text.Encoding.UTF8.GetBytes("text,label\n" + string.Concat(Enumerable.Repeat("a row of the data,1\n", 500)));

        Failure failure = RecipeReader.Check("reviews.csv", csv).Problems[0];

        failure.Message.ShouldStartWith("not JSON: 'text,label");
        failure.Message.Length.ShouldBeLessThan(200);
        failure.Message.ShouldNotContain('\n');
    }
}
