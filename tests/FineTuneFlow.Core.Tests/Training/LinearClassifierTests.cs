using System.IO.Compression;
using System.Security.Cryptography;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

public sealed class LinearClassifierTests
{
    private static readonly List<LabelledText> Train = StarReviews.Make(1500, seed: 1);
    private static readonly List<LabelledText> Test = StarReviews.Make(500, seed: 2);

    [Fact]
    public void It_learns_far_more_than_the_majority_class()
    {
        LinearClassifier classifier = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 3 });

        double majority = Test.GroupBy(row => row.Label).Max(group => group.Count()) / (double)Test.Count;
        Accuracy(classifier, Test).ShouldBeGreaterThan(majority + 0.2);
    }

    [Fact]
    public void Probabilities_are_a_distribution_in_the_order_of_the_labels()
    {
        LinearClassifier classifier = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 });

        classifier.Labels.ShouldBe(["1", "2", "3", "4", "5"]);
        foreach (string text in new[] { "excellent", "", "😀 ça marche", "no word of this was ever seen: xyzzy" })
        {
            double[] probabilities = classifier.Probabilities(text);
            probabilities.Sum().ShouldBe(1, 1e-12);
            probabilities.ShouldAllBe(p => p > 0 && p < 1);
        }
    }

    [Fact]
    public void The_same_rows_and_seed_give_the_same_bytes_on_every_machine()
    {
        // A golden hash: it changes only with the format or the arithmetic, never with the processor.
        Sha256Of(LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 2 }))
            .ShouldBe("d9ea8b2b121fbae2342ffdf843376faebe0bc1a8cdf88ec81917947e80a5c9cc");
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        Sha256Of(LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1, Seed = 1 }))
            .ShouldNotBe(Sha256Of(LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1, Seed = 2 })));
    }

    [Fact]
    public void A_saved_classifier_answers_as_before()
    {
        LinearClassifier classifier = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 });
        using var stream = new MemoryStream();
        classifier.Save(stream);
        stream.Position = 0;

        LinearClassifier loaded = LinearClassifier.Load(stream);

        loaded.Labels.ShouldBe(classifier.Labels);
        foreach (LabelledText row in Test.Take(50))
        {
            loaded.Probabilities(row.Text).ShouldBe(classifier.Probabilities(row.Text));
        }
    }

    [Fact]
    public void A_classifier_is_read_packed_as_well_and_refused_where_that_is_damaged()
    {
        LinearClassifier classifier = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 });
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            classifier.Save(gzip);
        }

        using var cut = new MemoryStream(packed.ToArray()[..((int)packed.Length / 2)]);
        packed.Position = 0;

        LinearClassifier.Load(packed).Probabilities("good").ShouldBe(classifier.Probabilities("good"));
        Should.Throw<FlowException>(() => LinearClassifier.Load(cut)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(-1)]
    public void A_file_that_is_cut_short_is_refused(int length)
    {
        using var stream = new MemoryStream();
        LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 }).Save(stream);
        using var cut = new MemoryStream(stream.ToArray()[..(length < 0 ? (int)stream.Length - 1 : length)]);

        Should.Throw<FlowException>(() => LinearClassifier.Load(cut)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
    }

    [Fact]
    public void Continuing_starts_from_the_weights_and_takes_in_new_labels_and_words()
    {
        LinearClassifier first = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 });
        List<LabelledText> more = [.. Enumerable.Range(0, 40).Select(i => new LabelledText($"quantum flux {i}", "strange"))];

        LinearClassifier second = LinearClassifier.Train(
            [.. Train.Take(400), .. more], new LinearTrainingOptions { Epochs = 3 }, continueFrom: first);

        second.Labels.ShouldBe(["1", "2", "3", "4", "5", "strange"]);
        second.Predict("quantum flux capacitor").ShouldBe("strange");
        Accuracy(second, Test).ShouldBeGreaterThan(0.45);
        first.Labels.Length.ShouldBe(5, "the classifier that is continued stays as it was");
    }

    [Fact]
    public void The_curve_has_a_point_for_every_step_and_the_loss_falls()
    {
        var points = new List<TrainingPoint>();
        LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 3, BatchSize = 50 }, validation: Test, onStep: points.Add);

        points.Select(point => point.Step).ShouldBe(Enumerable.Range(1, 90));
        points.Take(10).Average(p => p.TrainLoss!.Value).ShouldBeGreaterThan(points.TakeLast(10).Average(p => p.TrainLoss!.Value));
        points.Take(10).Average(p => p.ValidLoss!.Value).ShouldBeGreaterThan(points.TakeLast(10).Average(p => p.ValidLoss!.Value));
        points.ShouldAllBe(p => p.TrainAccuracy >= 0 && p.TrainAccuracy <= 1 && p.ValidAccuracy >= 0 && p.ValidAccuracy <= 1);
    }

    [Fact]
    public void It_stops_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => LinearClassifier.Train(
            Train, new LinearTrainingOptions(), onStep: point => { if (point.Step == 3) { cancel.Cancel(); } }, ct: cancel.Token));
    }

    [Fact]
    public void Options_out_of_range_name_the_field()
    {
        Refused(new LinearTrainingOptions { Epochs = 0 }).ShouldBe("epochs");
        Refused(new LinearTrainingOptions { BatchSize = 0 }).ShouldBe("batchSize");
        Refused(new LinearTrainingOptions { LearningRate = double.NaN }).ShouldBe("learningRate");
        Refused(new LinearTrainingOptions { Labels = ["1"] }).ShouldBe("labels");
        Refused(new LinearTrainingOptions { Features = new TextFeatureOptions { HashBits = 40 } }).ShouldBe("features.hashBits");
        Should.Throw<FlowException>(() => LinearClassifier.Train([], new LinearTrainingOptions())).Failure.Field.ShouldBe("rows");
    }

    [Fact]
    public void A_ten_megabyte_text_is_read_up_to_a_limit()
    {
        LinearClassifier classifier = LinearClassifier.Train(Train, new LinearTrainingOptions { Epochs = 1 });

        classifier.Probabilities(new string('x', 10_000_000)).Sum().ShouldBe(1, 1e-12);
    }

    private static string? Refused(LinearTrainingOptions options) =>
        Should.Throw<FlowException>(() => LinearClassifier.Train(Train, options)).Failure.Field;

    private static double Accuracy(LinearClassifier classifier, List<LabelledText> rows) =>
        rows.Count(row => classifier.Predict(row.Text) == row.Label) / (double)rows.Count;

    private static string Sha256Of(LinearClassifier classifier)
    {
        using var stream = new MemoryStream();
        classifier.Save(stream);
        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }
}
