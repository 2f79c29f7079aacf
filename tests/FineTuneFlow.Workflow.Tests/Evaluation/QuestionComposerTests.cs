using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

public sealed class QuestionComposerTests
{
    private static readonly LabelSet Stars = new(["1", "2", "3", "4", "5"], true, ["4", "5"]);

    [Fact]
    public void A_fine_tuned_chat_model_is_asked_as_it_was_trained()
    {
        var composer = new QuestionComposer(new CandidateRecipe { Name = "gpt", SystemPrompt = "Stars, please." }, "gpt-4.1-mini", Stars, []);

        ModelQuestion question = composer.Ask("ft:gpt", "fine app");

        question.Messages.ShouldBe([new ChatTurn("system", "Stars, please."), new ChatTurn("user", "fine app")]);
        (question.MaxTokens, question.TopLogProbabilities, question.Temperature).ShouldBe((1, 20, 0d));
    }

    [Fact]
    public void A_fine_tuned_completion_model_sees_the_prompt_of_its_training_file()
    {
        var recipe = new CandidateRecipe { Name = "babbage" };
        var composer = new QuestionComposer(recipe, "babbage-002", Stars, []);

        ModelQuestion question = composer.Ask("ft:babbage-002:x", "fine app");

        question.Messages.ShouldHaveSingleItem().Content.ShouldBe(new TrainingForm(ModelFamily.Completion).Prompt("fine app"));
        question.TopLogProbabilities.ShouldBe(5);
    }

    [Fact]
    public void An_untuned_model_is_told_the_labels_and_shown_the_examples()
    {
        var recipe = new CandidateRecipe { Name = "few", Kind = CandidateKind.Prompt, Model = "gpt-4.1-mini", Shots = 1 };
        var composer = new QuestionComposer(recipe, "gpt-4.1-mini", Stars, [new DatasetRow("a", "bad app", "1")]);

        ModelQuestion question = composer.Ask("gpt-4.1-mini", "fine app");

        question.Messages[0].Content.ShouldEndWith("from worst to best: 1, 2, 3, 4, 5");
        question.Messages.Skip(1).ShouldBe([new ChatTurn("user", "bad app"), new ChatTurn("assistant", "1"), new ChatTurn("user", "fine app")]);
    }

    [Fact]
    public void Thinking_aloud_gets_room_and_no_first_token_odds()
    {
        var recipe = new CandidateRecipe { Name = "cot", Kind = CandidateKind.Prompt, Model = "gpt-4.1-mini", ChainOfThought = true };

        ModelQuestion question = new QuestionComposer(recipe, "gpt-4.1-mini", Stars, []).Ask("gpt-4.1-mini", "fine app");

        question.MaxTokens.ShouldBeGreaterThan(200);
        question.TopLogProbabilities.ShouldBe(0);
    }

    [Fact]
    public void Long_labels_get_as_many_tokens_as_they_may_need() =>
        QuestionComposer.AnswerTokens(new LabelSet(["refund", "card_payment_fee_charged"], false, [])).ShouldBe(14);
}
