using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Encoders.Tokenization;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Export;
using FineTuneFlow.Trainer.Networks;
using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>The work of an execution: load, train, export, predict with what was exported.</summary>
internal sealed class Work(JobSettings settings, IWorkStorage storage, OutputWriter writer, ModelLoader loader, LogTail log, TimeProvider clock)
{
    private readonly List<string> _notes = [];

    public async Task<ResultFile> RunAsync(CancellationToken stop)
    {
        DeviceChoice device = DeviceChoice.Make(settings.Device, settings.Training.Precision);
        WorkInputs inputs = await WorkInputs.ReadAsync(settings, storage, stop);
        LoadedModel loaded = await LoadAsync(stop);
        EncoderCheckpoint model = loaded.Checkpoint;
        int length = LengthOf(model.Config);
        log.Say($"{loaded.Name}, licence {loaded.Licence ?? "not told"}; {inputs.Train.Count} rows, up to {length} pieces a text, on {device.Name}, {device.Precision}");
        TrainingRow[] train = Cut(inputs.Train, model.Tokenizer, length, "training");
        TrainingRow[] validation = Cut(inputs.Validation, model.Tokenizer, length, "validation");
        (EncoderConfig config, EncoderWeights weights) = HeadStart.Make(model, inputs.Labels, settings.ContinueFrom is not null, settings.Training.Seed);
        config = config with { TrainedLength = length };

        using var network = new EncoderNetwork(config, weights, device.Device, device.Precision);
        var checkpoints = new TrainingCheckpoints(storage, writer, Fingerprint(inputs, loaded.Name, length));
        var loop = new TrainingLoop(network, train, validation, settings.Training, model.Tokenizer.PaddingId, checkpoints, clock, (step, total) => writer.ProgressNowAndThenAsync("training", step, total, CancellationToken.None));
        TrainingState state = await loop.RunAsync(stop);
        await writer.WriteTextAsync(OutputFiles.Metrics, CurveFile.Write(state.Curve), stop);

        await writer.ProgressAsync("predicting", state.Step, state.Step, stop);
        var trained = new EncoderCheckpoint(config, network.Weights(), model.Tokenizer);
        EncoderFacts facts = Export(trained, network, train, validation, loaded, stop);
        long started = clock.GetTimestamp();
        int predicted = await PredictAsync(inputs.Texts, stop);
        double predictSeconds = clock.GetElapsedTime(started).TotalSeconds;
        await PublishModelAsync(stop);
        await checkpoints.RemoveAsync(state);
        await writer.ProgressAsync("done", state.Step, state.Step, stop);
        return Result(state, train.Length, predicted, predictSeconds, device, facts, config);
    }

    private async Task<LoadedModel> LoadAsync(CancellationToken stop)
    {
        if (settings.ContinueFrom is not { } earlier)
        {
            return await loader.LoadAsync(settings.Model, stop);
        }

        string folder = await storage.InputFolderAsync(earlier, stop);
        string? licence = File.Exists(Path.Combine(folder, EncoderFacts.FileName)) ? EncoderFacts.Read(folder).Licence : null;
        return new LoadedModel(EncoderCheckpoint.Load(folder), settings.Model, licence);
    }

    private int LengthOf(EncoderConfig config)
    {
        int length = settings.Training.MaxLength ?? Math.Min(config.TrainedLength ?? TrainingOptions.UsualMaxLength, config.Positions);
        return length <= config.Positions ? length : throw ModelPreview.TooLong(length, config.Positions, "FTF_MAX_LENGTH");
    }

    private TrainingRow[] Cut(List<(string Text, int Label)> rows, WordPieceTokenizer tokenizer, int length, string split)
    {
        var cut = new TrainingRow[rows.Count];
        Parallel.For(0, rows.Count, i => cut[i] = new TrainingRow(tokenizer.Encode(rows[i].Text, length), rows[i].Label));
        int full = cut.Count(row => row.Pieces.Length == length);
        if (full > 0)
        {
            _notes.Add($"{full} of {rows.Count} texts of {split} fill {length} pieces: what is beyond was cut off");
        }

        return cut;
    }

    private EncoderFacts Export(
        EncoderCheckpoint trained, EncoderNetwork network, TrainingRow[] train, TrainingRow[] validation, LoadedModel loaded, CancellationToken stop)
    {
        const int RowsWithoutValidation = 64;
        TrainingRow[] compared = validation.Length > 0 ? validation : [.. train.Take(RowsWithoutValidation)];
        float[][] own = Answers.Logits(network, compared, trained.Tokenizer.PaddingId, stop);
        EncoderFacts facts = ModelFolder.Write(Path.Combine(storage.Folder, OutputFiles.Model), trained, compared, own, new EncoderFacts
        {
            Serve = EncoderFacts.ExactModel,
            Labels = trained.Config.Labels,
            MaxLength = trained.Config.TrainedLength!.Value,
            BaseModel = loaded.Name,
            Licence = loaded.Licence,
            TrainRows = train.Length,
            ValidationRows = validation.Length,
            Seed = settings.Training.Seed,
            TrainedAt = clock.GetUtcNow(),
        });
        if (facts is { ValidationAccuracy: { } exact, QuantisedAccuracy: { } small })
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"With weights of eight bits {small:0.0%} of the validation rows are answered rightly, in single precision {exact:0.0%}; {facts.Serve} answers"));
        }

        return facts;
    }

    /// <summary>The judged rows are answered by the very files that will serve.</summary>
    private async Task<int> PredictAsync(List<(string Id, string Text)> texts, CancellationToken stop)
    {
        using EncoderClassifier classifier = EncoderClassifier.Load(Path.Combine(storage.Folder, OutputFiles.Model));
        EncoderAnswer[] answers = classifier.Predict([.. texts.Select(row => row.Text)], stop);
        var lines = new StringBuilder();
        for (int i = 0; i < answers.Length; i++)
        {
            var probabilities = classifier.Labels.Select((label, at) => KeyValuePair.Create(label, answers[i].Probabilities[at])).ToDictionary();
            lines.Append(JsonSerializer.Serialize(new { texts[i].Id, Probabilities = probabilities }, FlowJson.Compact)).Append('\n');
        }

        await writer.WriteTextAsync(OutputFiles.Predictions, lines.ToString(), stop);
        return answers.Length;
    }

    private async Task PublishModelAsync(CancellationToken stop)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(storage.Folder, OutputFiles.Model)))
        {
            await storage.PublishAsync($"{OutputFiles.Model}/{Path.GetFileName(file)}", stop);
        }
    }

    private ResultFile Result(TrainingState state, int rows, int predicted, double predictSeconds, DeviceChoice device, EncoderFacts facts, EncoderConfig config)
    {
        TrainingOptions options = settings.Training;
        if (state.Parts > 1)
        {
            _notes.Add($"Batches were cut into {state.Parts} parts, since memory was short");
        }

        if (state.BestEpoch + 1 < state.Epoch)
        {
            _notes.Add($"Epoch {state.BestEpoch + 1} of {state.Epoch} was the best on the validation rows and is the one kept");
        }

        return new ResultFile
        {
            Status = "succeeded",
            TrainRows = rows,
            PredictedRows = predicted,
            TrainSeconds = Math.Round(state.Seconds, 3),
            PredictSeconds = Math.Round(predictSeconds, 3),
            TokensPerSecond = state.Seconds > 0 ? Math.Round(state.Tokens / state.Seconds, 1) : null,
            Parameters = EncoderShapes.Parameters(config),
            LayerParameters = EncoderShapes.LayerParameters(config),
            Device = device.Name,
            Versions = new SortedDictionary<string, string>
            {
                ["torchSharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3),
                ["libtorch"] = TorchSharp.torch.__version__,
                ["onnxRuntime"] = typeof(Microsoft.ML.OnnxRuntime.InferenceSession).Assembly.GetName().Version!.ToString(3),
            },
            Hyperparameters = new SortedDictionary<string, string>
            {
                ["model"] = facts.BaseModel,
                ["epochs"] = Invariant($"{options.Epochs}"),
                ["learningRate"] = Invariant($"{options.RateFor(config.Hidden)}"),
                ["batchSize"] = Invariant($"{options.BatchSize}"),
                ["maxLength"] = Invariant($"{facts.MaxLength}"),
                ["seed"] = Invariant($"{options.Seed}"),
                ["classWeights"] = options.ClassWeights.ToString().ToLowerInvariant(),
                ["precision"] = device.Precision.ToString().ToLowerInvariant(),
                ["pooling"] = config.Pooling.ToString().ToLowerInvariant(),
            },
            Notes = _notes,
        };
    }

    /// <summary>Of everything that the training follows from.</summary>
    private string Fingerprint(WorkInputs inputs, string model, int length) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(new { inputs.Hash, model, length, settings.ContinueFrom, Options = settings.Training with { CheckpointSeconds = 0 } }, FlowJson.Compact))));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
