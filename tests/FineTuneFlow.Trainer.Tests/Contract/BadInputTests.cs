using System.Text.Json.Nodes;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Tests.Sources;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Tests.Contract;

/// <summary>Everything that can be wrong with a model and where it comes from, up to the exit code; nothing half-made is left.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private readonly TinyWork _work = new();
    private readonly string _tiny;

    public BadInputTests()
    {
        _tiny = _work.Variables["FTF_MODEL"];
        _work.Variables["FTF_HUB_CACHE"] = _work["cache"];
    }

    [Fact]
    public async Task An_architecture_that_is_not_known_is_told_with_those_that_are()
    {
        Copy("roberta");
        File.WriteAllText(_work["roberta/config.json"], """{"model_type": "roberta"}""");

        await FailsAsync(ExitCode.InvalidInput, "roberta", "distilbert");
    }

    [Fact]
    public async Task A_part_that_is_missing_is_named()
    {
        Copy("parts");
        string[] parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        KeyValuePair<string, WeightTensor>[] all = [.. WeightFiles.Read(_tiny)];
        Safetensors.Write(_work["parts/" + parts[0]], all[..9]);
        File.Delete(_work["parts/" + Weights]);
        File.WriteAllText(_work["parts/" + WeightFiles.Index], new JsonObject
        {
            ["weight_map"] = new JsonObject(all.Select((weight, i) => KeyValuePair.Create(weight.Key, (JsonNode?)parts[i < 9 ? 0 : 1]))),
        }.ToJsonString());

        await FailsAsync(ExitCode.InvalidInput, parts[1]);
    }

    [Fact]
    public async Task Weights_that_are_cut_off_are_told_so()
    {
        Copy("cut");
        File.WriteAllBytes(_work["cut/" + Weights], File.ReadAllBytes(Path.Combine(_tiny, Weights))[..^9]);

        await FailsAsync(ExitCode.InvalidInput, Weights);
    }

    [Theory]
    [InlineData(401, ExitCode.InvalidInput, "HF_TOKEN")]
    [InlineData(403, ExitCode.InvalidInput, "conditions")]
    [InlineData(404, ExitCode.InvalidInput, "revision")]
    [InlineData(429, ExitCode.Unavailable, "later")]
    [InlineData(503, ExitCode.Unavailable, "later")]
    internal async Task What_the_hub_refuses_has_its_exit_code_and_its_remedy(int status, ExitCode code, string told)
    {
        using LocalHub hub = Hub();
        hub.Status = status;

        await FailsAsync(code, "owner/tiny", told);
    }

    [Fact]
    public async Task A_file_whose_hash_is_wrong_is_thrown_away_and_the_next_execution_succeeds()
    {
        using LocalHub hub = Hub();
        hub.Damages = true;
        await FailsAsync(ExitCode.Unavailable, "hash");
        Directory.EnumerateFiles(_work["cache"], Weights + "*", SearchOption.AllDirectories).ShouldBeEmpty();

        hub.Damages = false;
        (await _work.RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());

        _work.Result.GetProperty("hyperparameters").GetProperty("model").GetString().ShouldBe($"owner/tiny@{LocalHub.Commit}");
        File.ReadAllText(_work.Output("model/README.md")).ShouldContain("apache-2.0");
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_told_with_what_else_can_be_named()
    {
        using (Hub())
        {
        }

        await FailsAsync(ExitCode.Unavailable, "cannot be reached", "packaged model");
    }

    [Fact]
    public async Task Offline_a_model_that_was_not_fetched_ends_the_work_for_good()
    {
        using LocalHub hub = Hub();
        _work.Variables["HF_HUB_OFFLINE"] = "1";

        await FailsAsync(ExitCode.InvalidInput, "HF_HUB_OFFLINE");

        hub.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_is_full_while_a_model_comes_is_told()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full");
        using LocalHub hub = Hub();
        string folder = _work[$"cache/owner--tiny/{LocalHub.Commit}"];
        Directory.CreateDirectory(folder);
        File.CreateSymbolicLink(Path.Combine(folder, Weights + ".part"), "/dev/full");

        await FailsAsync(ExitCode.Unavailable, "no room on the disk", "FTF_HUB_CACHE");

        File.Delete(Path.Combine(folder, Weights + ".part"));
        (await _work.RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());
    }

    [Theory]
    [InlineData(OutputFiles.Progress)]
    [InlineData(OutputFiles.Predictions)]
    public async Task A_disk_that_is_full_of_outputs_is_told_and_another_execution_goes_on(string file)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full");
        Directory.CreateDirectory(_work.Output(""));
        File.CreateSymbolicLink(_work.Output(file + ".part"), "/dev/full");

        (await _work.RunAsync()).ShouldBe(ExitCode.Unavailable);

        (_work.Console.ToString().Contains("full", StringComparison.Ordinal) || _work.Console.ToString().Contains("space", StringComparison.Ordinal)).ShouldBeTrue(_work.Console.ToString());
        File.Exists(_work.Output(file)).ShouldBeFalse();
        File.Delete(_work.Output(file + ".part"));
        (await _work.RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());
    }

    [Fact]
    public async Task Without_a_GPU_the_processor_trains_where_the_recipe_allows_it()
    {
        _work.Variables["FTF_DEVICE"] = "auto";

        (await _work.RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());

        _work.Result.GetProperty("device").GetString()!.ShouldStartWith(TorchSharp.torch.cuda.is_available() ? "cuda" : "cpu");
    }

    [Fact]
    public void A_shortage_of_memory_has_an_exit_code_of_its_own()
    {
        ExitCodes.Of(new MemoryShortageException("Not even one text fits.", new InsufficientMemoryException())).ShouldBe(ExitCode.OutOfMemory);
        ExitCodes.Word(ExitCode.OutOfMemory).ShouldBe("outOfMemory");
    }

    [Fact]
    public async Task A_text_that_does_not_fit_into_the_memory_ends_the_work_with_what_to_make_smaller()
    {
        const int Longest = 8192;
        const int Heads = 512;
        Assert.SkipUnless(OperatingSystem.IsLinux() && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 100_000_000_000, "This machine could hold the 137 GB of one text's attention");
        EncoderCheckpoint tiny = EncoderCheckpoint.Load(_tiny);
        EncoderConfig config = tiny.Config with { Hidden = Heads, Heads = Heads, Layers = 1, Positions = Longest, AttentionDropout = 0.1, Labels = [] };
        EncoderCheckpoint.Of(config, EncoderShapes.Body(config).Select(weight => KeyValuePair.Create(weight.Name, WeightTensor.Zeros(weight.Shape))), tiny.Tokenizer).Save(_work["wide"]);
        _work.Variables["FTF_MODEL"] = _work["wide"];
        _work.Variables["FTF_MAX_LENGTH"] = $"{Longest}";
        string text = string.Join(' ', Enumerable.Repeat("good", Longest));
        _work.Write("train.jsonl", [$$"""{"id": "long", "text": "{{text}}", "label": "3"}""", """{"id": "short", "text": "bad", "label": "1"}"""]);

        await FailsAsync(ExitCode.OutOfMemory, "memory is short", "Not even one text", "maxLength");
    }

    public void Dispose() => _work.Dispose();

    private LocalHub Hub()
    {
        var hub = new LocalHub(new[] { "config.json", "vocab.txt", Weights }.ToDictionary(file => file, file => File.ReadAllBytes(Path.Combine(_tiny, file))));
        _work.Variables["FTF_MODEL"] = "owner/tiny";
        _work.Variables["HF_ENDPOINT"] = hub.Address.ToString();
        return hub;
    }

    private void Copy(string name)
    {
        Directory.CreateDirectory(_work[name]);
        foreach (string file in Directory.EnumerateFiles(_tiny))
        {
            File.Copy(file, Path.Combine(_work[name], Path.GetFileName(file)));
        }

        _work.Variables["FTF_MODEL"] = _work[name];
    }

    private async Task FailsAsync(ExitCode code, params string[] told)
    {
        (await _work.RunAsync()).ShouldBe(code, _work.Console.ToString());

        string message = _work.Result.GetProperty("message").GetString()!;
        foreach (string word in told)
        {
            message.ShouldContain(word);
        }

        _work.Result.GetProperty("error").GetString().ShouldBe(ExitCodes.Word(code));
        File.ReadAllText(_work.Output(OutputFiles.Log)).ShouldContain(told[0]);
        Directory.Exists(_work.Output(OutputFiles.Model)).ShouldBeFalse();
        File.Exists(_work.Output(OutputFiles.Predictions)).ShouldBeFalse();
        Directory.EnumerateFiles(_work.Output(""), "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
