using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Simulator.Tests.Inference;

public sealed class AnswerDecoderTests
{
    private static readonly string[] Labels = ["1", "10", " 1", "neg", "negative", "negatively", "card_arrival", "card_lost", "好评", "yes no"];

    [Fact]
    public void At_every_place_the_tokens_share_one_and_the_emitted_one_is_among_them()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            (AnswerSet set, double[] probabilities, string[] labels) = Random(seed);
            Answer answer = AnswerDecoder.Decode(set, probabilities, new SamplingOptions(50, seed % 2, 1000, 0.01, seed));
            return answer.Finished && answer.Tokens.All(token =>
                Math.Abs(token.Top.Sum(one => Math.Exp(one.LogProbability)) - 1) < 0.001 + 0.01
                && token.Top.Contains(token.Token)
                && token.Top.Zip(token.Top.Skip(1)).All(pair => pair.First.LogProbability >= pair.Second.LogProbability));
        }));
    }

    [Fact]
    public void The_first_tokens_mass_is_that_of_the_labels_that_begin_with_it()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            (AnswerSet set, double[] probabilities, string[] labels) = Random(seed);
            Answer answer = AnswerDecoder.Decode(set, probabilities, new SamplingOptions(1, 0, 1000, 0.01, seed));
            return labels.Select(label => Tokenizer.Split(label)[0]).Distinct().All(first =>
            {
                double mass = labels.Zip(probabilities).Where(pair => Tokenizer.Split(pair.First)[0] == first).Sum(pair => pair.Second);
                return Math.Abs(Math.Exp(answer.Tokens[0].Top.Single(one => one.Text == first).LogProbability) - (mass * 0.99)) < 1e-9;
            });
        }));
    }

    [Fact]
    public void A_label_that_another_one_begins_with_can_end_or_go_on()
    {
        var set = new AnswerSet(["neg", "negatively"]);
        AnswerDecoder.Decode(new AnswerSet(["card", "card_lost"]), [0.9, 0.1], new SamplingOptions(9, 0, 3, 0.01, 1)).Text.ShouldBe("card");
        AnswerDecoder.Decode(new AnswerSet(["card", "card_lost"]), [0.1, 0.9], new SamplingOptions(9, 0, 3, 0.01, 1)).Text.ShouldBe("card_lost");
        AnswerDecoder.Decode(set, [0.1, 0.9], new SamplingOptions(1, 0, 3, 0.01, 1)).Finished.ShouldBeFalse("the limit cuts it");
    }

    private static (AnswerSet Set, double[] Probabilities, string[] Labels) Random(long seed)
    {
        var random = new StableRandom(seed);
        string[] labels = [.. Labels.Where(_ => random.Below(2) == 0).DefaultIfEmpty("1")];
        double[] weights = [.. labels.Select(_ => 0.001 + random.NextDouble())];
        return (new AnswerSet(labels), [.. weights.Select(weight => weight / weights.Sum())], labels);
    }
}
