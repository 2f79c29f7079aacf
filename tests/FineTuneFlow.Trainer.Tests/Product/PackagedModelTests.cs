using System.Text.Json;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Tests.Contract;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>The real MiniLM out of its package: fine-tuned for seconds, it tells topics by what texts mean, as the words that it is judged by hardly
/// occur in its training.</summary>
public sealed class PackagedModelTests
{
    private static readonly string[] Things = ["parcel", "package", "order", "delivery", "shipment"];
    private static readonly string[] Late = ["has not arrived yet", "is late again", "got lost on the way", "was sent to the wrong house", "came broken"];
    private static readonly string[] Payments = ["card", "invoice", "refund", "payment", "bill"];
    private static readonly string[] Charged = ["was charged twice", "shows the wrong amount", "was declined", "is still missing", "is too high"];
    private static readonly string[] Accounts = ["password", "login", "account", "username", "profile"];
    private static readonly string[] Locked = ["does not work", "was forgotten", "is locked", "cannot be changed", "was hacked"];

    private static readonly (string Text, string Label)[] Judged =
    [
        ("Where is the box that I bought last week? The courier never showed up.", "delivery"),
        ("The postman left it in the rain and everything inside is soaked.", "delivery"),
        ("Tracking has been stuck in the same city for nine days.", "delivery"),
        ("Why was money taken from my bank although I cancelled?", "payment"),
        ("You billed me in dollars instead of euros.", "payment"),
        ("Please pay me back what I spent on this.", "payment"),
        ("I get an error whenever I try to sign in.", "account"),
        ("Somebody else has access to my user data.", "account"),
        ("How do I reset my credentials after changing my email?", "account"),
    ];

    [Fact]
    public async Task MiniLM_fine_tuned_for_seconds_tells_topics_that_share_no_words_with_its_training()
    {
        using var work = new TinyWork();
        (string Text, string Label)[] rows =
        [
            .. Pairs(Things, Late, "delivery"), .. Pairs(Payments, Charged, "payment"), .. Pairs(Accounts, Locked, "account"),
        ];
        Write(work, "train.jsonl", rows.Where((_, i) => i % 5 != 4));
        Write(work, "validation.jsonl", rows.Where((_, i) => i % 5 == 4));
        work.Write("texts.jsonl", Judged.Select((row, i) => JsonSerializer.Serialize(new { id = $"{i}", text = row.Text })));
        File.WriteAllText(work["labels.json"], """["delivery","payment","account"]""");
        work.Variables["FTF_MODEL"] = "all-MiniLM-L6-v2";
        work.Variables["FTF_EPOCHS"] = "3";
        work.Variables["FTF_LEARNING_RATE"] = "0.0003";

        (await work.RunAsync()).ShouldBe(ExitCode.Succeeded, work.Console.ToString());

        EncoderFacts facts = EncoderFacts.Read(work.Output(OutputFiles.Model));
        facts.ValidationAccuracy!.Value.ShouldBeGreaterThanOrEqualTo(0.9);
        facts.Licence.ShouldBe("Apache-2.0");
        using EncoderClassifier classifier = EncoderClassifier.Load(work.Output(OutputFiles.Model));
        int right = Judged.Count(row => classifier.Predict(row.Text).Label == row.Label);
        right.ShouldBeGreaterThanOrEqualTo(7, "of nine; by chance it were three");
        work.Result.GetProperty("parameters").GetDouble().ShouldBe(22_565_376 + (384 * 3) + 3);
    }

    private static IEnumerable<(string, string)> Pairs(string[] things, string[] happened, string label) =>
        things.SelectMany(thing => happened.Select(what => ($"My {thing} {what}.", label)));

    private static void Write(TinyWork work, string file, IEnumerable<(string Text, string Label)> rows) =>
        work.Write(file, rows.Select((row, i) => JsonSerializer.Serialize(new { id = $"{file}-{i}", text = row.Text, label = row.Label })));
}
