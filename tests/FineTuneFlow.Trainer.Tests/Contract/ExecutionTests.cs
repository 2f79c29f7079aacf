using System.Text.Json;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Trainer.Contract;

namespace FineTuneFlow.Trainer.Tests.Contract;

public sealed class ExecutionTests
{
    [Fact]
    public async Task A_whole_execution_learns_and_leaves_all_files_of_the_contract()
    {
        using var work = new TinyWork();

        (await work.RunAsync()).ShouldBe(ExitCode.Succeeded, work.Console.ToString());

        string[] lines = File.ReadAllLines(work.Output(OutputFiles.Predictions));
        lines.Length.ShouldBe(12);
        int right = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement row = JsonDocument.Parse(lines[i]).RootElement;
            row.GetProperty("id").GetString().ShouldBe($"row-{i}");
            double one = row.GetProperty("probabilities").GetProperty("1").GetDouble();
            double three = row.GetProperty("probabilities").GetProperty("3").GetDouble();
            (one + three).ShouldBe(1, 1e-9);
            right += one > three == (i % 2 == 0) ? 1 : 0;
        }

        right.ShouldBeGreaterThanOrEqualTo(11);
        work.Result.GetProperty("status").GetString().ShouldBe("succeeded");
        work.Result.GetProperty("trainRows").GetInt32().ShouldBe(60);
        work.Result.GetProperty("hyperparameters").GetProperty("batchSize").GetString().ShouldBe("4");
        // By hand: embeddings 30 x 8 and 16 x 8 with a norm, two layers of 4 x (8 x 8 + 8), 8 x 12 + 12, 12 x 8 + 8 and two norms, a dense layer and two classes.
        const int Layers = 2 * ((4 * ((8 * 8) + 8)) + ((8 * 12) + 12) + ((12 * 8) + 8) + (4 * 8));
        work.Result.GetProperty("layerParameters").GetDouble().ShouldBe(Layers);
        work.Result.GetProperty("parameters").GetDouble().ShouldBe((30 * 8) + (16 * 8) + 16 + Layers + ((8 * 8) + 8) + ((8 * 2) + 2));
        File.ReadAllText(work.Output(OutputFiles.Progress)).ShouldContain("\"done\"");
        string[] curve = File.ReadAllLines(work.Output(OutputFiles.Metrics));
        curve[0].ShouldBe("step,train_loss,train_accuracy,valid_loss,valid_accuracy");
        curve.Count(line => !line.EndsWith(",,", StringComparison.Ordinal)).ShouldBe(1 + 3, "the validation of three epochs");
        Directory.EnumerateFiles(work.Output(OutputFiles.Checkpoint)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_trained_folder_serves_and_is_a_checkpoint_of_its_own()
    {
        using var work = new TinyWork();
        await work.RunAsync();
        string folder = work.Output(OutputFiles.Model);

        using EncoderClassifier classifier = EncoderClassifier.Load(folder);
        classifier.Predict("so good").Label.ShouldBe("3");
        classifier.Predict("so bad").Label.ShouldBe("1");
        EncoderCheckpoint.Load(folder).Config.Labels.ShouldBe(["1", "3"]);
        classifier.Facts.ExportDifference.ShouldBeLessThan(1e-4);
        string card = File.ReadAllText(Path.Combine(folder, "README.md"));
        card.ShouldContain("Limits");
        card.ShouldContain("transformers");
    }

    [Fact]
    public async Task Going_on_from_an_earlier_encoder_begins_where_that_one_ended()
    {
        using var work = new TinyWork();
        await work.RunAsync();
        Directory.Move(work.Output(OutputFiles.Model), work["earlier"]);
        Directory.Delete(work.Output(""), recursive: true);
        work.Variables["FTF_CONTINUE_FROM"] = work["earlier"];
        work.Variables["FTF_EPOCHS"] = "1";
        work.Variables["FTF_LEARNING_RATE"] = "0.0000001";

        (await work.RunAsync()).ShouldBe(ExitCode.Succeeded, work.Console.ToString());

        string first = File.ReadAllLines(work.Output(OutputFiles.Metrics))[1];
        double.Parse(first.Split(',')[1], null).ShouldBeLessThan(0.3, "a classifier that is begun anew has a loss near 0.69");
    }

    [Fact]
    public async Task An_earlier_encoder_that_does_not_know_a_label_is_refused_by_name()
    {
        using var work = new TinyWork();
        await work.RunAsync();
        Directory.Move(work.Output(OutputFiles.Model), work["earlier"]);
        Directory.Delete(work.Output(""), recursive: true);
        work.Variables["FTF_CONTINUE_FROM"] = work["earlier"];
        File.WriteAllText(work["labels.json"], """["1","2","3"]""");

        (await work.RunAsync()).ShouldBe(ExitCode.InvalidInput);

        work.Result.GetProperty("message").GetString()!.ShouldContain("\"2\"");
        Directory.Exists(work.Output(OutputFiles.Model)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_execution_of_the_same_output_ends_at_once()
    {
        using var work = new TinyWork();
        Directory.CreateDirectory(work.Output(""));
        await using var other = new FolderStorage(work.Output(""));
        await other.TakeAsync(CancellationToken.None);

        (await work.RunAsync()).ShouldBe(ExitCode.Taken);
    }

    [Fact]
    public async Task An_execution_after_one_that_succeeded_changes_nothing()
    {
        using var work = new TinyWork();
        await work.RunAsync();
        DateTime written = File.GetLastWriteTimeUtc(work.Output(OutputFiles.Predictions));

        (await work.RunAsync()).ShouldBe(ExitCode.Succeeded);

        File.GetLastWriteTimeUtc(work.Output(OutputFiles.Predictions)).ShouldBe(written);
    }

    [Theory]
    [InlineData("FTF_EPOCHS", "0", "FTF_EPOCHS")]
    [InlineData("FTF_DEVICE", "tpu", "FTF_DEVICE")]
    [InlineData("FTF_MODEL", "", "FTF_MODEL")]
    [InlineData("FTF_LEARNING_RATE", "high", "FTF_LEARNING_RATE")]
    public async Task A_wrong_variable_is_named(string variable, string value, string told)
    {
        using var work = new TinyWork();
        work.Variables[variable] = value;

        (await work.RunAsync()).ShouldBe(ExitCode.InvalidInput);

        work.Console.ToString().ShouldContain(told);
    }

    [Theory]
    [InlineData("FTF_MAX_LENGTH", "17", "16 positions")]
    [InlineData("FTF_DEVICE", "gpu", "GPU")]
    [InlineData("FTF_MODEL", "/nowhere/at/all", "not a checkpoint")]
    [InlineData("FTF_MODEL", "a b", "does not name a model")]
    public async Task What_the_model_or_the_machine_cannot_do_is_told_with_its_remedy(string variable, string value, string told)
    {
        using var work = new TinyWork();
        work.Variables[variable] = value;

        (await work.RunAsync()).ShouldBe(ExitCode.InvalidInput);

        work.Result.GetProperty("error").GetString().ShouldBe("invalidInput");
        work.Result.GetProperty("message").GetString()!.ShouldContain(told);
        File.ReadAllText(work.Output(OutputFiles.Log)).ShouldContain(told);
    }

    [Theory]
    [InlineData("labels.json", "[\"1\"]", "only one label")]
    [InlineData("train.jsonl", "{\"id\": \"a\", \"text\": \"good\", \"label\": \"3\"}", "same label")]
    [InlineData("train.jsonl", "", "no rows")]
    [InlineData("train.jsonl", "{\"id\": \"a\", \"text\": \"good\", \"label\": \"9\"}", "not in the list")]
    [InlineData("validation.jsonl", "{\"id\": \"a\"}", "no text")]
    [InlineData("texts.jsonl", "not json", "texts.jsonl, line 1")]
    public async Task Data_that_nothing_can_be_learned_from_are_told(string file, string content, string told)
    {
        using var work = new TinyWork();
        File.WriteAllText(work[file], content);

        (await work.RunAsync()).ShouldBe(ExitCode.InvalidInput);

        work.Result.GetProperty("message").GetString()!.ShouldContain(told);
    }

    [Fact]
    public async Task A_loss_that_is_not_a_number_is_told_and_nothing_half_made_is_left()
    {
        using var work = new TinyWork();
        work.Variables["FTF_MODEL"] = TinyWork.BrokenModel(work.Folder);

        (await work.RunAsync()).ShouldBe(ExitCode.Training);

        work.Result.GetProperty("message").GetString()!.ShouldContain("step 1");
        work.Result.GetProperty("error").GetString().ShouldBe("training");
        Directory.Exists(work.Output(OutputFiles.Model)).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_validation_rows_the_last_epoch_stands_and_single_precision_serves()
    {
        using var work = new TinyWork();
        File.WriteAllText(work["validation.jsonl"], "");

        (await work.RunAsync()).ShouldBe(ExitCode.Succeeded, work.Console.ToString());

        EncoderFacts facts = EncoderFacts.Read(work.Output(OutputFiles.Model));
        facts.Serve.ShouldBe(EncoderFacts.ExactModel);
        facts.ValidationAccuracy.ShouldBeNull();
    }
}
