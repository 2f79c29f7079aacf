using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Networks;

namespace FineTuneFlow.Trainer.Training;

/// <summary>States of a training in the output's folder <c>checkpoint</c>. The files with numbers are written first, then state.json, which names
/// them: whenever the process dies, one whole state is there.</summary>
internal sealed class TrainingCheckpoints(IWorkStorage storage, OutputWriter writer, string fingerprint)
{
    private const string StateFile = OutputFiles.Checkpoint + "/state.json";
    private const string Weight = "weight.";

    /// <summary>Brings network and optimiser to the state that an earlier execution of the same work has left; a new state where there is
    /// none.</summary>
    public async Task<TrainingState> RestoreAsync(EncoderNetwork network, AdamW optimiser, CancellationToken cancellation)
    {
        var anew = new TrainingState { Fingerprint = fingerprint };
        if (!await storage.FetchAsync(StateFile, cancellation))
        {
            return anew;
        }

        var state = JsonSerializer.Deserialize<TrainingState>(await File.ReadAllBytesAsync(PathOf(StateFile), cancellation), FlowJson.Compact);
        if (state is null || state.Fingerprint != fingerprint || (state.BestFile is not null && !await storage.FetchAsync(state.BestFile, cancellation)))
        {
            return anew;
        }

        if (state.Ended)
        {
            return state;
        }

        if (state.WeightsFile is null || !await storage.FetchAsync(state.WeightsFile, cancellation))
        {
            return anew;
        }

        Dictionary<string, WeightTensor> tensors = Safetensors.Read(PathOf(state.WeightsFile));
        network.Load(tensors.Where(tensor => tensor.Key.StartsWith(Weight, StringComparison.Ordinal)).Select(tensor => KeyValuePair.Create(tensor.Key[Weight.Length..], tensor.Value)));
        optimiser.Load(tensors, state.OptimiserSteps);
        return state;
    }

    /// <summary>Keeps the state; the files of the one before go.</summary>
    public async Task<TrainingState> SaveAsync(TrainingState state, EncoderNetwork network, AdamW optimiser)
    {
        // Once training has ended, the best weights are all that is needed.
        string? file = state.Ended ? null : $"{OutputFiles.Checkpoint}/state-{state.Step}{(state.Batch == 0 ? "-epoch" : "")}.safetensors";
        string? before = state.WeightsFile;
        if (file is not null)
        {
            await WriteAsync(file, network.Weights().All.Select(weight => KeyValuePair.Create(Weight + weight.Key, weight.Value)).Concat(optimiser.State()));
        }

        state = state with { WeightsFile = file };
        await writer.WriteJsonAsync(StateFile, state, CancellationToken.None);
        if (before is not null && before != file)
        {
            await storage.RemoveAsync(before, CancellationToken.None);
        }

        await RemoveStaleBestAsync(state);
        return state;
    }

    /// <summary>Keeps the weights as the best so far; the state that names them is to be saved next.</summary>
    public async Task<TrainingState> SaveBestAsync(TrainingState state, EncoderNetwork network)
    {
        string file = $"{OutputFiles.Checkpoint}/best-{state.Epoch}.safetensors";
        await WriteAsync(file, network.Weights().All);
        return state with { BestFile = file };
    }

    public async Task LoadBestAsync(TrainingState state, EncoderNetwork network, CancellationToken cancellation)
    {
        await storage.FetchAsync(state.BestFile!, cancellation);
        network.Load(Safetensors.Read(PathOf(state.BestFile!)));
    }

    /// <summary>Once the outputs stand, nothing is to be gone on from.</summary>
    public async Task RemoveAsync(TrainingState state)
    {
        foreach (string file in new[] { StateFile, state.WeightsFile, state.BestFile }.OfType<string>())
        {
            await storage.RemoveAsync(file, CancellationToken.None);
        }
    }

    private async Task RemoveStaleBestAsync(TrainingState state)
    {
        for (int epoch = 0; epoch < state.Epoch; epoch++)
        {
            string file = $"{OutputFiles.Checkpoint}/best-{epoch}.safetensors";
            if (file != state.BestFile && File.Exists(PathOf(file)))
            {
                await storage.RemoveAsync(file, CancellationToken.None);
            }
        }
    }

    private async Task WriteAsync(string file, IEnumerable<KeyValuePair<string, WeightTensor>> tensors)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        Safetensors.Write(PathOf(file), tensors);
        await storage.PublishAsync(file, CancellationToken.None);
    }

    private string PathOf(string file) => Path.Combine(storage.Folder, file);
}
