using System.Text.Json;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Serving;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary><c>ftf predict --model</c>: no host runs here.</summary>
public sealed class OfflinePredictionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-predict-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_encoders_folder_answers_a_file_as_the_library_does()
    {
        string model = Encoder();
        string output = Path.Combine(_folder, "answers.csv");

        (int code, _, string error) = await Ftf.RunAsync("predict", Write("new.csv", "id,text\n1,so good\n2,\n3,bad . bad\n"), "--model", model, "--out", output);

        (code, error).ShouldBe((ExitCode.Ok, ""));
        using var classifier = EncoderClassifier.Load(model);
        string[] lines = File.ReadAllLines(output);
        lines[0].ShouldBe("row,label," + string.Join(',', classifier.Labels.Select(label => $"p_{label}")));
        Check(lines[1], "1", classifier.Predict("so good"));
        lines[2].ShouldBe("2," + new string(',', classifier.Labels.Length));
        Check(lines[3], "3", classifier.Predict("bad . bad"));
        File.Exists(output + ".part").ShouldBeFalse();
    }

    [Fact]
    public async Task A_linear_models_file_answers_a_text()
    {
        LabelledText[] rows = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? new LabelledText($"great tool {i}", "5") : new LabelledText($"broken again {i}", "1"))];
        string model = Path.Combine(_folder, "model.bin");
        using (FileStream file = File.Create(model))
        {
            LinearBaseline.Train(rows, [], seed: 1).Save(file);
        }

        (int code, string output, _) = await Ftf.RunAsync("predict", "a great tool", "--model", model, "--json");

        code.ShouldBe(ExitCode.Ok);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        answer.GetProperty("label").GetString().ShouldBe("5");
        answer.GetProperty("probabilities").GetProperty("5").GetDouble().ShouldBeGreaterThan(0.5);
    }

    [Theory]
    [InlineData("missing", "there is no model at")]
    [InlineData("", "there is no encoder.json")]
    [InlineData("new.csv", "not a linear classifier")]
    public async Task What_is_not_a_model_is_told_with_the_remedy(string model, string part)
    {
        Write("new.csv", "text\nso good\n");

        (int code, _, string error) = await Ftf.RunAsync("predict", "so good", "--model", Path.Combine(_folder, model));

        code.ShouldNotBe(ExitCode.Ok);
        error.ShouldContain(part);
    }

    [Theory]
    [InlineData("predict", "so good")]
    [InlineData("predict", "so good", "--model", "m", "--project", "p")]
    public async Task A_project_or_a_model_is_needed_and_not_both(params string[] args)
    {
        (int code, _, string error) = await Ftf.RunAsync(args);

        code.ShouldNotBe(ExitCode.Ok);
        error.ShouldContain("either --project NAME or --model FOLDER");
    }

    private static void Check(string line, string row, EncoderAnswer expected)
    {
        string[] cells = line.Split(',');
        cells[..2].ShouldBe([row, expected.Label]);
        cells[2..].Zip(expected.Probabilities, (cell, p) => Math.Abs(double.Parse(cell) - p)).Max().ShouldBeLessThan(1e-5);
    }

    private string Encoder()
    {
        string folder = Path.Combine(_folder, "model");
        var checkpoint = EncoderCheckpoint.Load(Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert"));
        checkpoint.Save(folder);
        OnnxExport.Write(checkpoint.Config, checkpoint.Weights, Path.Combine(folder, EncoderFacts.ExactModel), OnnxPrecision.Exact);
        new EncoderFacts { Serve = EncoderFacts.ExactModel, Labels = checkpoint.Config.Labels, MaxLength = checkpoint.Config.Positions, BaseModel = "tiny" }.Write(folder);
        return folder;
    }

    private string Write(string name, string content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        return file;
    }
}
