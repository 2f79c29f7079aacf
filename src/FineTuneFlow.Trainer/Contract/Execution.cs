using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Encoders.Sources;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>One execution by docs/baseline-contract.md, from the environment to the exit code.</summary>
/// <param name="console">Gets what the log gets.</param>
/// <param name="clock">For progress and speeds.</param>
/// <param name="open">Opens the output's storage by its address; null: a folder, or blobs by the container's own identity.</param>
internal sealed class Execution(TextWriter console, TimeProvider clock, Func<string, IWorkStorage>? open = null)
{
    private readonly LogTail _log = new(console);

    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="stop">Asked to stop: the state is kept, and another execution goes on.</param>
    public async Task<ExitCode> RunAsync(Func<string, string?> variable, CancellationToken stop)
    {
        JobSettings settings;
        try
        {
            settings = JobSettings.Read(variable);
        }
        catch (FlowException error)
        {
            _log.Say(error.Failure.ToString());
            return ExitCode.InvalidInput;
        }

        try
        {
            await using IWorkStorage storage = (open ?? Open)(settings.Output);
            return await storage.TakeAsync(stop) ? await TakenAsync(settings, storage, variable, stop) : ExitCode.Taken;
        }
        catch (Exception error) when (error is FlowException or WorkTakenException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // Nothing can be written where the output should be.
            _log.Say(error is FlowException told ? told.Failure.ToString() : error.Message);
            return error is IOException or UnauthorizedAccessException ? ExitCode.Unavailable : ExitCodes.Of(error);
        }
    }

    private async Task<ExitCode> TakenAsync(JobSettings settings, IWorkStorage storage, Func<string, string?> variable, CancellationToken stop)
    {
        var writer = new OutputWriter(storage, clock);
        if (await SucceededBeforeAsync(storage, stop))
        {
            _log.Say("The outputs of this work are there already.");
            return ExitCode.Succeeded;
        }

        await writer.ProgressAsync("loading", 0, 1, stop);
        await storage.RemoveAsync(OutputFiles.Result, stop);
        try
        {
            _log.Say($"FineTuneFlow trainer: {settings.Model} for {settings.Baseline} of {settings.RunId}");
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };
            var loader = new ModelLoader(new HubClient(HubSettings.From(variable), http, _log.Say), Path.Combine(AppContext.BaseDirectory, "weights"));
            ResultFile result = await new Work(settings, storage, writer, loader, _log, clock).RunAsync(stop);
            await writer.WriteJsonAsync(OutputFiles.Result, result, CancellationToken.None);
            return ExitCode.Succeeded;
        }
        catch (WorkTakenException)
        {
            // The outputs are the other execution's now: not a word more goes there.
            throw;
        }
#pragma warning disable CA1031 // Whatever happened: the contract asks for a word about it, and for an exit code.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return await FailAsync(error, writer, storage);
        }
    }

    private async Task<ExitCode> FailAsync(Exception error, OutputWriter writer, IWorkStorage storage)
    {
        ExitCode code = ExitCodes.Of(error);
        string message = error switch
        {
            FlowException failure => failure.Failure.ToString(),
            _ when DiskFaults.IsFull(error) => DiskFaults.Of(error, "The outputs cannot be written", storage.Folder).Failure.ToString(),
            OperationCanceledException => "The execution was asked to stop; another one goes on where it stood.",
            _ when code == ExitCode.OutOfMemory => $"The memory is short: {error.Message} Choose a smaller maxLength, batchSize or model, or a larger machine.",
            _ => error.ToString(),
        };
        _log.Say(message);
        string model = Path.Combine(storage.Folder, OutputFiles.Model);
        if (Directory.Exists(model))
        {
            Directory.Delete(model, recursive: true);
        }

        await writer.WriteTextAsync(OutputFiles.Log, _log.Text, CancellationToken.None);
        await writer.WriteJsonAsync(
            OutputFiles.Result, new ResultFile { Status = "failed", Error = ExitCodes.Word(code), Message = error is FlowException ? message : FirstLine(message) }, CancellationToken.None);
        return code;
    }

    private static async Task<bool> SucceededBeforeAsync(IWorkStorage storage, CancellationToken stop)
    {
        if (!await storage.FetchAsync(OutputFiles.Result, stop))
        {
            return false;
        }

        try
        {
            byte[] json = await File.ReadAllBytesAsync(Path.Combine(storage.Folder, OutputFiles.Result), stop);
            return JsonSerializer.Deserialize<ResultFile>(json, FlowJson.Compact)?.Status == "succeeded";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IWorkStorage Open(string output) =>
        output.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || output.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            ? new BlobStorage(new Uri(output))
            : new FolderStorage(output);

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
