using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class RecipeIdentityTests
{
    [Fact]
    public void Formatting_defaults_written_out_and_the_schema_property_do_not_change_the_hash()
    {
        string plain = Hash("""{"candidates":[{"name":"a","model":"gpt-4.1-mini","epochs":1}],"budget":{"usd":100}}""");

        Hash("""
            {
              "$schema": "recipe.schema.json", "budget": { "approveAbove": 5.0, "usd": 1e2, }, // written otherwise
              "candidates": [ { "epochs": [1], "model": "gpt-4.1-mini", "name": "a", "kind": "fineTune", "shots": 0 } ],
              "baselines": [ { "name": "linear" } ]
            }
            """).ShouldBe(plain);
        Hash("""{"candidates":[{"name":"a","model":"gpt-4.1-mini","epochs":2}],"budget":{"usd":100}}""").ShouldNotBe(plain);
    }

    public static TheoryData<string> Samples() =>
        [.. Directory.EnumerateFiles(Repository.PathOf("samples"), "*.recipe.json").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_that_was_written_by_us_is_read_again_as_the_same(string sample) => ReadAgain(Repository.Read("samples", sample));

    [Fact]
    public void A_recipe_that_was_written_by_us_is_read_again_as_the_same() => ReadAgain("""
        {"dataset":{"filters":[{"column":"l","notEquals":["x","y"]}],"duplicates":{"near":{"threshold":0.9}}},
         "candidates":[{"name":"a","model":"m","epochs":[1,2]},{"name":"p","kind":"prompt","model":"m"}],
         "baselines":[{"name":"linear"},{"name":"e","kind":"encoder","model":"distilbert-base-cased","epochs":[1,3]}]}
        """);

    private static void ReadAgain(string json)
    {
        Recipe recipe = RecipeReader.Read("a.json", Encoding.UTF8.GetBytes(json));
        Recipe expanded = recipe with { Candidates = CandidateGrid.Expand(recipe), Baselines = BaselineGrid.Expand(recipe) };

        foreach (Recipe written in new[] { recipe, expanded })
        {
            Recipe again = RecipeReader.Read("b.json", JsonSerializer.SerializeToUtf8Bytes(written, FlowJson.Indented));

            RecipeHash.Of(again).ShouldBe(RecipeHash.Of(written));
        }
    }

    [Fact]
    public void A_run_id_follows_from_project_content_and_recipe_alone()
    {
        string id = RunId.From("reviews", new string('A', 64), "r1");

        id.ShouldMatch("^reviews-[0-9a-f]{10}$");
        RunId.From("reviews", new string('a', 64), "r1").ShouldBe(id);
        RunId.From("reviews", new string('b', 64), "r1").ShouldNotBe(id);
        RunId.From("reviews", new string('a', 64), "r2").ShouldNotBe(id);
    }

    /// <summary>Run ids stand in stored runs: Python's hashlib says the same of the project, the drop's hash and the recipe's, a line each.</summary>
    [Theory]
    [InlineData("reviews", "reviews-e472b5a19c")]
    [InlineData("a", "a-1cdb514aa5")]
    public void A_run_id_stays_what_it_was(string project, string expected) =>
        RunId.From(project, "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB", "r1").ShouldBe(expected);

    [Fact]
    public void A_run_id_needs_a_projects_name() => Should.Throw<FlowException>(() => RunId.From("Reviews", new string('a', 64), "r1"));

    [Theory]
    [InlineData("reviews-e472b5a19c", false)]
    [InlineData("reviews-e472b5a19c_2", true)]
    public void A_rerun_has_a_number_behind_an_underscore(string id, bool rerun) => RunId.IsRerun(id).ShouldBe(rerun);

    [Fact]
    public void What_is_beside_a_run_does_not_change_the_hash_and_everything_else_does()
    {
        string plain = Hash("{}");

        Hash("""{ "serving": { "weights": { "champion": 90, "challenger": 10 }, "shadow": "previous" } }""").ShouldBe(plain);
        Hash("""{ "retrain": { "drift": false }, "dataset": { "split": { "method": "stratified" } } }""").ShouldBe(plain);
        string[] others =
        [
            Hash("""{ "budget": { "usd": 99 } }"""), Hash("""{ "dataset": { "label": "x" } }"""), Hash("""{ "candidates": [] }"""), Hash("""{ "baselines": [] }"""),
            Hash("""{ "evaluation": { "mode": "batch" } }"""), Hash("""{ "promotion": { "alpha": 0.01 } }"""), Hash("""{ "deadlineHours": 1 }"""),
            Hash("""{ "retention": { "deleteUploads": false } }"""),
        ];
        others.Append(plain).Distinct().Count().ShouldBe(9);
    }

    [Fact]
    public void What_is_hashed_has_sorted_names_at_every_depth_and_lists_in_their_order()
    {
        Recipe recipe = RecipeReader.Read("a.json", """{ "dataset": { "text": ["z", "a"], "label": "Größe < 3", "labels": { "order": ["b", "a"], "map": { "z": "a", "b": "a" } } } }"""u8);

        using JsonDocument canonical = JsonDocument.Parse(RecipeHash.Canonical(recipe));

        Sorted(canonical.RootElement);
        JsonElement dataset = canonical.RootElement.GetProperty("dataset");
        dataset.GetProperty("text").EnumerateArray().Select(item => item.GetString()).ShouldBe(["z", "a"]);
        dataset.GetProperty("labels").GetProperty("order").EnumerateArray().Select(item => item.GetString()).ShouldBe(["b", "a"]);
        Encoding.UTF8.GetString(RecipeHash.Canonical(recipe)).ShouldNotContain('\n');
        Encoding.UTF8.GetString(RecipeHash.Canonical(recipe)).ShouldContain("\"Größe < 3\"", Case.Sensitive);

        static void Sorted(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                string[] names = [.. element.EnumerateObject().Select(property => property.Name)];
                names.ShouldBe(names.Order(StringComparer.Ordinal));
            }

            foreach (JsonElement inner in element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().Select(property => property.Value),
                JsonValueKind.Array => element.EnumerateArray(),
                _ => [],
            })
            {
                Sorted(inner);
            }
        }
    }

    [Fact]
    public void A_project_has_a_name_of_up_to_forty_letters_and_a_message_does_not_repeat_a_long_one()
    {
        ProjectName.Check(new string('a', 40)).ShouldBe(new string('a', 40));
        ProjectName.IsValid("a").ShouldBeTrue();
        ProjectName.IsValid("app-reviews-2").ShouldBeTrue();
        ProjectName.IsValid(null).ShouldBeFalse();
        Should.Throw<FlowException>(() => ProjectName.Check(null)).Failure.Message.ShouldBe("there is no project name");
        Should.Throw<FlowException>(() => ProjectName.Check(new string('A', 60))).Failure.Message.ShouldBe($"\"{new string('A', 60)}\" cannot be a project name");
        Should.Throw<FlowException>(() => ProjectName.Check(new string('A', 61))).Failure.Message.ShouldBe($"\"{new string('A', 59)}…\" cannot be a project name");
        Should.Throw<FlowException>(() => ProjectName.Check("A", "--project")).Failure.Field.ShouldBe("--project");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Reviews")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\n")]
    [InlineData("a23456789012345678901234567890123456789012")]
    public void A_name_that_cannot_stand_in_an_address_is_no_project(string name) =>
        Should.Throw<FlowException>(() => ProjectName.Check(name)).Failure.Field.ShouldBe("project");

    [Fact]
    public void A_grid_becomes_one_candidate_a_combination_with_names_that_tell_them_apart()
    {
        Recipe recipe = RecipeReader.Read("a.json", Encoding.UTF8.GetBytes("""
            {"candidates":[{"name":"gpt","model":"m","epochs":[1,3],"batchSize":8,"learningRateMultiplier":[0.5,2]},{"name":"plain","model":"m"}]}
            """));

        var expanded = CandidateGrid.Expand(recipe);

        expanded.Select(c => c.Name).ShouldBe(["gpt-e1-lr0-5", "gpt-e1-lr2", "gpt-e3-lr0-5", "gpt-e3-lr2", "plain"]);
        expanded[2].Epochs.ShouldBe([3]);
        expanded[2].BatchSize.ShouldBe([8]);
        expanded[2].LearningRateMultiplier.ShouldBe([0.5]);
        expanded[4].Epochs.ShouldBeEmpty();
    }

    [Fact]
    public void A_grid_of_batch_sizes_gives_each_candidate_one()
    {
        Recipe recipe = RecipeReader.Read("a.json", """{"candidates":[{"name":"gpt","model":"m","batchSize":[8,16],"seed":3}]}"""u8);

        CandidateGrid.Expand(recipe).Select(c => (c.Name, c.BatchSize.Single(), c.Model, c.Seed)).ShouldBe([("gpt-b8", 8, "m", 3), ("gpt-b16", 16, "m", 3)]);
    }

    [Fact]
    public void What_the_host_allows_is_the_most_that_a_recipe_can_ask_for()
    {
        var asked = new LimitsRecipe { Rows = 100, UnpackedMegabytes = 20, Seconds = 3 };
        var host = new LimitsRecipe { Rows = 50, UnpackedMegabytes = 30, Seconds = 2 };

        LimitsRecipe within = asked.Within(host);

        (within.Rows, within.UnpackedMegabytes, within.Seconds, within.Host).ShouldBe((50, 20, 2, host));
        LimitsRecipe less = asked.Within(new LimitsRecipe { Rows = 200, UnpackedMegabytes = 10, Seconds = 4 });
        (less.Rows, less.UnpackedMegabytes, less.Seconds).ShouldBe((100, 10, 3));
    }

    [Fact]
    public void A_continuation_is_told_what_it_continues_was_told_unless_it_says_otherwise()
    {
        Recipe recipe = RecipeReader.Read("a.json", Encoding.UTF8.GetBytes("""
            {"candidates":[{"name":"c","continueFrom":"b","epochs":1},{"name":"b","continueFrom":"a","epochs":1},
             {"name":"a","model":"m","systemPrompt":"Judge."},{"name":"bare","continueFrom":"a","systemPrompt":""}]}
            """));

        CandidateGrid.Expand(recipe).Select(c => c.SystemPrompt).ShouldBe(["Judge.", "Judge.", "Judge.", ""]);
    }

    [Fact]
    public void A_continuation_of_the_champion_is_told_what_the_champion_was_told()
    {
        Recipe recipe = RecipeReader.Read("a.json", """
            {"candidates":[{"name":"c","continueFrom":"champion"},{"name":"d","continueFrom":"c"},{"name":"own","continueFrom":"champion","systemPrompt":"Own."},
             {"name":"new","model":"m"}]}
            """u8);

        ContinuedPrompts.Inherit(recipe.Candidates, "Judge.").Select(c => c.SystemPrompt).ShouldBe(["Judge.", "Judge.", "Own.", null]);
        ContinuedPrompts.Inherit(recipe.Candidates).Select(c => c.SystemPrompt).ShouldBe([null, null, "Own.", null]);
        // A recipe that no reader has checked: what it continues may not be there.
        ContinuedPrompts.Inherit([new CandidateRecipe { Name = "x", ContinueFrom = "gone" }]).Single().SystemPrompt.ShouldBeNull();
    }

    [Fact]
    public void A_grid_that_no_reader_has_checked_is_refused_where_its_names_are_too_long_or_taken()
    {
        var grid = new CandidateRecipe { Name = new string('n', 37), Model = "m", Epochs = new OneOrMany<int>(1, 2) };
        CandidateGrid.Expand(new Recipe { Candidates = [grid] }).Select(c => c.Name.Length).ShouldBe([40, 40]);
        Failure longer = Should.Throw<FlowException>(() => CandidateGrid.Expand(new Recipe { Candidates = [grid with { Name = new string('n', 38) }] })).Failure;
        (longer.Kind, longer.Field).ShouldBe((FailureKind.InvalidInput, "candidates"));
        longer.Message.ShouldContain("more than 40 characters");
        longer.Remedy.ShouldBe("Shorten the candidate's name.");

        var baseline = new BaselineRecipe { Name = "b", Kind = BaselineKind.Encoder, MaxLength = new OneOrMany<int>(64, 128) };
        Should.Throw<FlowException>(() => CandidateGrid.Expand(new Recipe { Candidates = [grid with { Name = "a" }, grid with { Name = "a-e2", Epochs = default }] }))
            .Failure.Message.ShouldContain("two candidates \"a-e2\"");
        Should.Throw<FlowException>(() => CandidateGrid.Expand(new Recipe { Candidates = [grid with { Name = "b-l128", Epochs = default }], Baselines = [baseline] }))
            .Failure.Message.ShouldContain("two candidates \"b-l128\"");
    }

    [Fact]
    public void A_grid_whose_names_clash_is_refused_by_the_reader() =>
        RecipeReader.Check("a.json", """{"candidates":[{"name":"a","model":"m","epochs":[1,2]},{"name":"a-e1","model":"m"}]}"""u8)
            .Problems[0].Message.ShouldContain("\"a-e1\" is taken");

    private static string Hash(string json) => RecipeHash.Of(RecipeReader.Read("a.json", Encoding.UTF8.GetBytes(json)));
}
