using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

/// <summary>The rules by which a recipe's parts fit together: what is refused, with every field that is named and no other, and what is not.</summary>
public sealed class RecipeRuleTests
{
    [Theory]
    [InlineData("""{ "name": "x" }""")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "all-MiniLM-L6-v2", "epochs": 3 }""")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "/models/mine" }""")]
    [InlineData("""{ "name": "x", "kind": "encoder", "continueFrom": "champion" }""")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "m", "learningRate": 0.01, "maxLength": 64, "batchSize": 8, "classWeights": "balanced", "device": "cpu", "where": "machine" }""")]
    [InlineData("""{ "name": "x", "kind": "container", "model": "a model of a trainer of one's own", "epochs": 3, "image": "registry.example.com/trainer:1" }""")]
    public void A_baseline_of_each_kind_has_what_belongs_to_it(string baseline) => ProblemsOf($$"""{ "baselines": [{{baseline}}] }""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "name": "x", "model": "m" }""", "baselines[0].model", "the linear baseline has no model to choose")]
    [InlineData("""{ "name": "x", "epochs": 2 }""", "baselines[0].epochs", "for a baseline of the kind linear", "Remove it, or set \"kind\" to encoder or container.")]
    [InlineData("""{ "name": "x", "image": "i" }""", "baselines[0].image", "for a baseline of the kind linear", "Remove it, or set \"kind\" to container.")]
    [InlineData("""{ "name": "x", "learningRate": 0.01 }""", "baselines[0].learningRate", "kind linear", "Remove it, or set \"kind\" to encoder.")]
    [InlineData("""{ "name": "x", "maxLength": 64 }""", "baselines[0].maxLength", "kind linear")]
    [InlineData("""{ "name": "x", "batchSize": 8 }""", "baselines[0].batchSize", "kind linear")]
    [InlineData("""{ "name": "x", "classWeights": "balanced" }""", "baselines[0].classWeights", "kind linear")]
    [InlineData("""{ "name": "x", "device": "cpu" }""", "baselines[0].device", "kind linear")]
    [InlineData("""{ "name": "x", "where": "job" }""", "baselines[0].where", "kind linear")]
    [InlineData("""{ "name": "x", "continueFrom": "champion" }""", "baselines[0].continueFrom", "kind linear")]
    [InlineData("""{ "name": "x", "kind": "container" }""", "baselines[0]", "\"x\" has no model")]
    [InlineData("""{ "name": "x", "kind": "container", "model": "m", "device": "cpu" }""", "baselines[0].device", "kind container")]
    [InlineData("""{ "name": "x", "kind": "encoder" }""", "baselines[0]", "\"x\" has neither a model nor continueFrom")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "m", "continueFrom": "champion" }""", "baselines[0].model", "has the champion's model")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "m", "image": "i" }""", "baselines[0].image", "kind encoder")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "./mine" }""", "baselines[0].model", "\"./mine\" is not a whole path")]
    [InlineData("""{ "name": "x", "kind": "encoder", "model": "a b" }""", "baselines[0].model", "\"a b\" does not name a model")]
    public void A_baseline_has_nothing_that_belongs_to_another_kind(string baseline, string field, string message, string remedy = "") =>
        Only($$"""{ "baselines": [{{baseline}}] }""", field, message, remedy);

    [Theory]
    [InlineData("""{ "name": "x", "model": "m", "epochs": [1, 2], "batchSize": 8, "learningRateMultiplier": 0.5, "tier": "developer", "checkpoints": "best" }""")]
    [InlineData("""{ "name": "x", "continueFrom": "champion" }""")]
    [InlineData("""{ "name": "x", "continueFrom": "champion", "data": "new" }""")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "shots": 64, "chainOfThought": true }""")]
    public void A_candidate_of_each_kind_has_what_belongs_to_it(string candidate) => ProblemsOf($$"""{ "candidates": [{{candidate}}] }""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "name": "x" }""", "candidates[0]", "\"x\" has neither a model nor continueFrom", "Name a base model, such as \"gpt-4.1-mini\", or the candidate to continue.")]
    [InlineData("""{ "name": "x", "kind": "prompt" }""", "candidates[0]", "\"x\" has neither a model nor continueFrom", "Name the model to ask, such as \"gpt-4.1-mini\".")]
    [InlineData("""{ "name": "x", "model": "m", "data": "new" }""", "candidates[0].data", "only a continued model")]
    [InlineData("""{ "name": "x", "kind": "prompt", "continueFrom": "champion" }""", "candidates[0].continueFrom", "continues nothing")]
    [InlineData("""{ "name": "x", "model": "m", "continueFrom": "champion" }""", "candidates[0].model", "continueFrom fixes the model")]
    [InlineData("""{ "name": "x", "model": "m", "shots": 1 }""", "candidates[0].shots", "only a prompted model")]
    [InlineData("""{ "name": "x", "model": "m", "chainOfThought": true }""", "candidates[0].chainOfThought", "only a prompted model")]
    [InlineData("""{ "name": "x", "model": "m", "shots": 1, "chainOfThought": true }""", "candidates[0].shots", "only a prompted model")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "epochs": 1 }""", "candidates[0].epochs", "it has no epochs")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "batchSize": 1 }""", "candidates[0].batchSize", "it has no batchSize")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "learningRateMultiplier": 1 }""", "candidates[0].learningRateMultiplier", "it has no learningRateMultiplier")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "tier": "standard" }""", "candidates[0].tier", "it has no tier")]
    [InlineData("""{ "name": "x", "kind": "prompt", "model": "m", "checkpoints": "last" }""", "candidates[0].checkpoints", "it has no checkpoints")]
    public void A_candidate_has_nothing_that_belongs_to_another_kind(string candidate, string field, string message, string remedy = "") =>
        Only($$"""{ "candidates": [{{candidate}}] }""", field, message, remedy);

    [Theory]
    [InlineData("best", "0", "stratified", true)]
    [InlineData("all", "0", "stratified", true)]
    [InlineData("last", "0", "stratified", false)]
    [InlineData("best", "0.2", "stratified", false)]
    [InlineData("best", "0", "column", false)]
    public void Checkpoints_are_chosen_only_where_there_is_a_validation_split(string checkpoints, string validation, string method, bool refused)
    {
        string column = method == "column" ? ", \"column\": \"part\"" : "";
        string[] problems = ProblemsOf(
            $$"""{ "dataset": { "split": { "validation": {{validation}}, "method": "{{method}}"{{column}} } }, "candidates": [{ "name": "a", "model": "m" }, { "name": "b", "model": "m", "checkpoints": "{{checkpoints}}" }] }""");

        problems.ShouldBe(refused ? ["candidates[1].checkpoints: checkpoints are chosen on the validation split, and dataset.split.validation is 0"] : []);
    }

    [Theory]
    [InlineData("""{ "name": "a", "model": "m" }, { "name": "b", "continueFrom": "a" }, { "name": "c", "continueFrom": "b" }""")]
    [InlineData("""{ "name": "a", "model": "m", "epochs": [1], "batchSize": 8, "learningRateMultiplier": 0.5 }, { "name": "b", "continueFrom": "a" }""")]
    [InlineData("""{ "name": "a", "model": "m", "provider": "openai" }, { "name": "b", "continueFrom": "a", "provider": "openai" }""")]
    [InlineData("""{ "name": "a", "model": "m", "provider": "openai" }, { "name": "b", "continueFrom": "a" }""")]
    [InlineData("""{ "name": "a", "model": "m" }, { "name": "b", "continueFrom": "a", "provider": "openai" }""")]
    public void A_candidate_continues_another_one(string candidates) => ProblemsOf($$"""{ "candidates": [{{candidates}}] }""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "name": "a", "model": "m" }, { "name": "b", "continueFrom": "zzzzzz" }""", "candidates[1].continueFrom", "there is no candidate \"zzzzzz\"", "Name another candidate of this recipe, or \"champion\".")]
    [InlineData("""{ "name": "a", "model": "m" }, { "name": "b", "continueFrom": "champio" }""", "candidates[1].continueFrom", "there is no candidate \"champio\"", "Did you mean \"champion\"?")]
    [InlineData("""{ "name": "babbage", "continueFrom": "babbag" }""", "candidates[0].continueFrom", "there is no candidate \"babbag\"", "Name another candidate of this recipe, or \"champion\".")]
    [InlineData("""{ "name": "a", "kind": "prompt", "model": "m" }, { "name": "b", "continueFrom": "a" }""", "candidates[1].continueFrom", "\"a\" is a prompted model")]
    [InlineData("""{ "name": "a", "model": "m", "batchSize": [1, 2] }, { "name": "b", "continueFrom": "a" }""", "candidates[1].continueFrom", "\"a\" is a grid")]
    [InlineData("""{ "name": "a", "model": "m", "learningRateMultiplier": [1, 2] }, { "name": "b", "continueFrom": "a" }""", "candidates[1].continueFrom", "\"a\" is a grid")]
    [InlineData("""{ "name": "a", "model": "m", "provider": "openai" }, { "name": "b", "continueFrom": "a", "provider": "azure" }""", "candidates[1].provider", "\"a\" is trained by openai, and a model cannot move to azure")]
    public void A_candidate_continues_nothing_that_cannot_be_continued(string candidates, string field, string message, string remedy = "") =>
        Only($$"""{ "candidates": [{{candidates}}] }""", field, message, remedy);

    [Fact]
    public void Everyone_in_a_circle_is_told_of_it_and_who_only_leads_into_it_is_not()
    {
        string[] problems = ProblemsOf("""
            { "candidates": [{ "name": "a", "continueFrom": "b" }, { "name": "b", "continueFrom": "c" }, { "name": "c", "continueFrom": "a" }, { "name": "d", "continueFrom": "b" }] }
            """);

        problems.ShouldBe([
            "candidates[0].continueFrom: a and b and c continue each other in a circle",
            "candidates[1].continueFrom: b and c and a continue each other in a circle",
            "candidates[2].continueFrom: c and a and b continue each other in a circle",
        ]);
    }

    [Theory]
    [InlineData("""{ "split": { "test": 0.5, "validation": 0.49 } }""")]
    [InlineData("""{ "split": { "method": "column", "column": "x", "values": { "a": "train", "b": "test" } } }""")]
    [InlineData("""{ "split": { "method": "group", "column": "x" } }""")]
    [InlineData("""{ "split": { "method": "time", "column": "x" } }""")]
    [InlineData("""{ "split": { "method": "stable" } }""")]
    [InlineData("""{ "cleaning": { "minCharacters": 9, "maxCharacters": 9 } }""")]
    [InlineData("""{ "text": ["a", "b"], "label": "c" }""")]
    [InlineData("""{ "text": "A", "label": "a" }""")]
    [InlineData("""{ "filters": [{ "column": "x", "equals": "a" }, { "column": "x", "notEquals": "b" }] }""")]
    [InlineData("""{ "labels": { "order": ["a", "b"], "good": ["b"], "map": { "x": "a" }, "ordered": true } }""")]
    [InlineData("""{ "labels": { "good": ["a"], "map": { "x": "b" }, "ordered": false } }""")]
    [InlineData("""{ "labels": { "order": ["a", "b"] }, "rareClasses": { "action": "merge", "other": "a" } }""")]
    [InlineData("""{ "labels": { "order": ["a", "b"] }, "rareClasses": { "action": "drop", "other": "c" } }""")]
    [InlineData("""{ "rareClasses": { "action": "merge", "other": "c" } }""")]
    public void Settings_of_the_data_that_fit_together_are_taken(string dataset) => ProblemsOf($$"""{ "dataset": {{dataset}} }""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "split": { "test": 0.75, "validation": 0.25 } }""", "dataset.split", "test 0.75 and validation 0.25 leave nothing to train on")]
    [InlineData("""{ "split": { "method": "group" } }""", "dataset.split.method", "the method group needs a column")]
    [InlineData("""{ "split": { "method": "time" } }""", "dataset.split.method", "the method time needs a column")]
    [InlineData("""{ "split": { "method": "stable", "column": "x" } }""", "dataset.split.column", "the method stable uses no column")]
    [InlineData("""{ "split": { "method": "group", "column": "x", "values": { "a": "train" } } }""", "dataset.split.values", "only have a meaning with the method column")]
    [InlineData("""{ "cleaning": { "minCharacters": 10, "maxCharacters": 9 } }""", "dataset.cleaning.minCharacters", "minCharacters is greater than maxCharacters")]
    [InlineData("""{ "text": ["a", "b"], "label": "b" }""", "dataset.label", "the column \"b\" is text and label at once")]
    [InlineData("""{ "filters": [{ "column": "x", "equals": "a" }, { "column": "x" }] }""", "dataset.filters[1]", "neither equals nor notEquals")]
    [InlineData("""{ "labels": { "order": ["a"] } }""", "dataset.labels.order", "there is only one label")]
    [InlineData("""{ "labels": { "order": ["a", "b"], "ordered": false } }""", "dataset.labels.ordered", "but ordered is false")]
    [InlineData("""{ "labels": { "order": ["a", "b"], "good": ["a", "c"] } }""", "dataset.labels.good[1]", "\"c\" is not in dataset.labels.order", "Use one of a, b.")]
    [InlineData("""{ "labels": { "order": ["a", "b"], "map": { "x": "a", "y": "c" } } }""", "dataset.labels.map.y", "\"c\" is not in dataset.labels.order")]
    [InlineData("""{ "labels": { "order": ["a", "b"], "good": ["b", "a"] } }""", "dataset.labels.good", "every label is good")]
    public void Settings_of_the_data_that_contradict_each_other_are_refused(string dataset, string field, string message, string remedy = "") =>
        Only($$"""{ "dataset": {{dataset}} }""", field, message, remedy);

    [Fact]
    public void A_scale_of_one_label_is_refused_and_what_does_not_fit_it_too() =>
        ProblemsOf("""{ "dataset": { "labels": { "order": ["a"] }, "rareClasses": { "action": "merge", "other": "c" } } }""").ShouldBe([
            "dataset.labels.order: there is only one label",
            "dataset.rareClasses.other: rare classes are merged into \"c\", which is not in dataset.labels.order",
        ]);

    [Fact]
    public void A_column_without_a_method_is_refused_also_where_a_recipe_retrains() =>
        Only("""{ "retrain": {}, "dataset": { "split": { "column": "x" } } }""", "dataset.split.column", "the method stratified uses no column", "");

    [Fact]
    public void Of_many_labels_twenty_are_listed()
    {
        string order = string.Join(", ", Enumerable.Range(1, 21).Select(i => $"\"l{i}\""));

        Failure only = Refused($$"""{ "dataset": { "labels": { "order": [{{order}}], "good": ["x"] } } }""").ShouldHaveSingleItem();

        only.Remedy.ShouldBe("Use one of l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, l19, l20.");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "")]
    [InlineData("linear", "")]
    [InlineData("encoder", "")]
    [InlineData("prompt", "")]
    [InlineData("fineTune", "")]
    [InlineData("grid-e2", "")]
    [InlineData("finetune", "Did you mean \"fineTune\"?")]
    [InlineData("grid", "Use one of a, grid-e1, grid-e2, words, linear, encoder, prompt, fineTune.")]
    [InlineData("A2345", "Use one of a, grid-e1, grid-e2, words, linear, encoder, prompt, fineTune.")]
    public void Who_may_be_promoted_is_somebody_in_the_recipe(string eligible, string remedy)
    {
        string list = eligible.Length == 0 ? "" : $"\"words\", \"{eligible}\"";
        var problems = RecipeReader.Check("r.json", Encoding.UTF8.GetBytes($$"""
            { "candidates": [{ "name": "a", "model": "m" }, { "name": "grid", "model": "m", "epochs": [1, 2] }], "baselines": [{ "name": "words" }], "promotion": { "eligible": [{{list}}] } }
            """)).Problems;

        problems.Select(problem => (problem.Field, problem.Remedy)).ShouldBe(remedy.Length == 0 ? [] : [("promotion.eligible[1]", remedy)]);
    }

    [Fact]
    public void Everyone_who_may_be_promoted_is_looked_for_and_names_are_listed_once()
    {
        string[] remedies = [.. Refused("""{ "candidates": [{ "name": "a", "model": "m" }], "promotion": { "eligible": ["zzzz", "a", "yyyyyy"] } }""").Select(problem => $"{problem.Field}: {problem.Remedy}")];
        remedies.ShouldBe([
            "promotion.eligible[0]: Use one of a, linear, encoder, prompt, fineTune.", "promotion.eligible[2]: Use one of a, linear, encoder, prompt, fineTune.",
        ]);

        string many = string.Join(", ", Enumerable.Range(1, 21).Select(i => $$"""{ "name": "candidate-{{i}}", "model": "m" }"""));
        Refused($$"""{ "candidates": [{{many}}], "promotion": { "eligible": ["zzzz"] } }""").ShouldHaveSingleItem().Remedy
            .ShouldBe($"Use one of {string.Join(", ", Enumerable.Range(1, 20).Select(i => $"candidate-{i}"))}.");
    }

    [Theory]
    [InlineData("""{}""", "", "")]
    [InlineData("""{ "weights": { "champion": 60, "challenger": 20, "previous": 15, "7": 5 }, "shadow": "challenger" }""", "", "")]
    [InlineData("""{ "weights": { "champion": 90, "challenger": 9 } }""", "serving.weights", "Make them 100 in all: {\"champion\": 90, \"challenger\": 10}.")]
    [InlineData("""{ "weights": { "champion": 90, "challenger": 11 } }""", "serving.weights", "Make them 100 in all: {\"champion\": 90, \"challenger\": 10}.")]
    [InlineData("""{ "weights": { "champoin": 100 } }""", "serving.weights.champoin", "Did you mean \"champion\"?")]
    [InlineData("""{ "weights": { "0": 100 } }""", "serving.weights.0", "Use champion, previous, challenger or a version's number.")]
    [InlineData("""{ "weights": { "+1": 100 } }""", "serving.weights.+1", "Use champion, previous, challenger or a version's number.")]
    [InlineData("""{ "shadow": "v1" }""", "serving.shadow", "Use champion, previous, challenger or a version's number.")]
    [InlineData("""{ "shadow": "1" }""", "", "")]
    public void Traffic_goes_to_versions_and_adds_up(string serving, string field, string remedy) =>
        RecipeReader.Check("r.json", Encoding.UTF8.GetBytes($$"""{ "serving": {{serving}} }""")).Problems
            .Select(problem => (problem.Field, problem.Remedy)).ShouldBe(field.Length == 0 ? [] : [(field, remedy)]);

    [Fact]
    public void A_recipe_has_a_candidate_or_a_baseline()
    {
        ProblemsOf("""{ "candidates": [], "baselines": [] }""").ShouldBe(["candidates: there is neither a candidate nor a baseline"]);
        ProblemsOf("""{ "candidates": [] }""").ShouldBeEmpty();
        ProblemsOf("""{ "baselines": [] }""").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(37, "")]
    [InlineData(38, "candidates[0].name: the grid makes the name \"{0}-e1\" of more than 40 characters|candidates[0].name: the grid makes the name \"{0}-e2\" of more than 40 characters")]
    public void A_grids_names_have_at_most_forty_characters(int length, string expected)
    {
        string name = new('n', length);

        ProblemsOf($$"""{ "candidates": [{ "name": "{{name}}", "model": "m", "epochs": [1, 2] }] }""")
            .ShouldBe(expected.Length == 0 ? [] : expected.Replace("{0}", name, StringComparison.Ordinal).Split('|'));
    }

    [Fact]
    public void Champion_is_nobodys_name()
    {
        ProblemsOf("""{ "candidates": [{ "name": "champion", "model": "m" }], "baselines": [{ "name": "champion" }] }""").ShouldBe([
            "candidates[0].name: \"champion\" means the project's promoted model", "baselines[0].name: \"champion\" means the project's promoted model",
        ]);
    }

    [Theory]
    [InlineData(8, 0)] // 8 x 5 x 4 = 160 candidates, and 8 x 5 = 40 baselines
    [InlineData(9, 205)]
    public void A_run_takes_two_hundred_candidates_and_baselines(int lengths, int refused)
    {
        string lists = $"\"epochs\": [1, 2, 3, 4, 5, 6, 7, 8], \"batchSize\": [1, 2, 3, 4, 5], \"learningRateMultiplier\": [1, 2, 3, 4]";
        string[] problems = ProblemsOf($$"""
            { "candidates": [{ "name": "c", "model": "m", {{lists}} }], "baselines": [{ "name": "b", "kind": "encoder", "model": "m",
              "epochs": [1, 2, 3, 4, 5], "maxLength": [{{string.Join(", ", Enumerable.Range(3, lengths))}}] }] }
            """);

        problems.ShouldBe(refused == 0
            ? []
            : [$"candidates: the recipe asks for {refused} candidates and baselines, its lists of hyperparameters multiplied; one run takes 200"]);
    }

    [Fact]
    public void Every_list_of_a_baseline_multiplies() =>
        ProblemsOf("""
            { "candidates": [], "baselines": [{ "name": "b", "kind": "encoder", "model": "m",
              "epochs": [1, 2, 3, 4, 5, 6], "learningRate": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "maxLength": [3, 4, 5, 6, 7, 8] }] }
            """).ShouldHaveSingleItem().ShouldStartWith("candidates: the recipe asks for 216 candidates and baselines");

    [Fact]
    public void Lists_whose_product_no_number_holds_are_counted_as_very_many()
    {
        // 2^21 values each: 2^63 combinations, one more than a long holds.
        var many = new OneOrMany<int>(new int[1 << 21]);
        var rates = new OneOrMany<double>(new double[1 << 21]);

        RecipeSize.Of(new Recipe { Candidates = [new() { Name = "c", Epochs = many, BatchSize = many, LearningRateMultiplier = rates }] }).ShouldBe(long.MaxValue);
    }

    private static void Only(string json, string field, string message, string remedy)
    {
        Failure only = Refused(json).ShouldHaveSingleItem();
        only.Field.ShouldBe(field);
        only.Message.ShouldStartWith(field + ": ");
        only.Message.ShouldContain(message, Case.Sensitive);
        if (remedy.Length > 0)
        {
            only.Remedy.ShouldBe(remedy);
        }
    }

    private static string[] ProblemsOf(string json) => [.. Refused(json).Select(problem => problem.Message)];

    private static System.Collections.Immutable.ImmutableArray<Failure> Refused(string json) => RecipeReader.Check("r.json", Encoding.UTF8.GetBytes(json)).Problems;
}
