using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Inference;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Tests.Inference;

public sealed class UntunedModelTests
{
    private readonly UntunedModel _untuned = new();

    [Theory]
    [InlineData("You predict star ratings from 0 to 4, 0 the worst and 4 the best.", "0,1,2,3,4", "I hate it, it is terrible and useless", "0")]
    [InlineData("Rate the review 1-5.", "1,2,3,4,5", "Excellent, I love it", "5")]
    [InlineData("Answer with one of: positive, negative or neutral.", "positive,negative,neutral", "This is awful, it crashes", "negative")]
    [InlineData("Choose the label. Labels: card_arrival, exchange_rate, lost_card", "card_arrival,exchange_rate,lost_card", "what is the exchange rate today", "exchange_rate")]
    [InlineData("Answer \"yes\" or \"no\".", "yes,no", "anything", null)]
    [InlineData("Think step by step, then write on a last line \"label: \" and one of the labels, from worst to best: 1, 2, 3", "1,2,3", "Excellent, I love it", "3")]
    public void The_labels_are_read_from_the_prompt_and_the_text_decides(string system, string labels, string text, string? expected)
    {
        PromptReading.Of([new ChatMessage("system", system), new ChatMessage("user", text)]).Labels.ShouldBe(labels.Split(','));
        if (expected is not null)
        {
            Answer("gpt-4.1", new ChatMessage("system", system), new ChatMessage("user", text)).ShouldBe(expected);
        }
    }

    [Fact]
    public void Examples_in_the_messages_are_learned_from()
    {
        List<ChatMessage> messages = [];
        foreach (LabelledText row in Reviews.Make(20))
        {
            messages.Add(new ChatMessage("user", row.Text));
            // Labels that say nothing: only the examples can tell them apart.
            messages.Add(new ChatMessage("assistant", row.Label switch { "negative" => "A", "neutral" => "B", _ => "C" }));
        }

        Answer("gpt-4.1", [.. messages, new ChatMessage("user", "terrible broken useless refund")]).ShouldBe("A");
        Answer("gpt-4.1", [.. messages, new ChatMessage("user", "excellent love perfect best")]).ShouldBe("C");
    }

    [Fact]
    public void An_example_that_thinks_aloud_shows_the_label_that_it_ends_on()
    {
        ChatMessage[] messages = [new("user", "bad"), new("assistant", "The word is harsh.\nlabel: 1"), new("user", "good"), new("assistant", "label: 5"), new("user", "fine")];

        PromptReading.Of(messages).Shots.Select(shot => shot.Label).ShouldBe(["1", "5"]);
    }

    [Fact]
    public void Without_labels_the_answer_is_of_no_use()
    {
        Answer("gpt-4.1", new ChatMessage("user", "I love it")).ShouldContain("sure");
    }

    private string Answer(string model, params ChatMessage[] messages)
    {
        (AnswerSet set, double[] probabilities) = _untuned.Answer(BaseModels.Find(model)!, messages);
        return AnswerDecoder.Decode(set, probabilities, new SamplingOptions(50, 0, 0, 0.01, 1)).Text;
    }
}
