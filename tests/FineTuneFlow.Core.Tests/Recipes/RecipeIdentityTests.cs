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
    public void A_continuation_is_told_what_it_continues_was_told_unless_it_says_otherwise()
    {
        Recipe recipe = RecipeReader.Read("a.json", Encoding.UTF8.GetBytes("""
            {"candidates":[{"name":"c","continueFrom":"b","epochs":1},{"name":"b","continueFrom":"a","epochs":1},
             {"name":"a","model":"m","systemPrompt":"Judge."},{"name":"bare","continueFrom":"a","systemPrompt":""}]}
            """));

        CandidateGrid.Expand(recipe).Select(c => c.SystemPrompt).ShouldBe(["Judge.", "Judge.", "Judge.", ""]);
    }

    [Fact]
    public void A_grid_whose_names_clash_is_refused_by_the_reader() =>
        RecipeReader.Check("a.json", """{"candidates":[{"name":"a","model":"m","epochs":[1,2]},{"name":"a-e1","model":"m"}]}"""u8)
            .Problems[0].Message.ShouldContain("\"a-e1\" is taken");

    private static string Hash(string json) => RecipeHash.Of(RecipeReader.Read("a.json", Encoding.UTF8.GetBytes(json)));
}
