using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>Writes an execution's files whole: beside their names first, then moved into place and published.</summary>
internal sealed class OutputWriter(IWorkStorage storage, TimeProvider clock)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);
    private long _toldAt;
    private bool _toldOnce;

    public async Task WriteAsync(string file, byte[] content, CancellationToken cancellation)
    {
        string path = Path.Combine(storage.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path + ".part", content, cancellation);
        File.Move(path + ".part", path, overwrite: true);
        await storage.PublishAsync(file, cancellation);
    }

    public Task WriteJsonAsync<T>(string file, T value, CancellationToken cancellation) =>
        WriteAsync(file, JsonSerializer.SerializeToUtf8Bytes(value, FlowJson.Indented), cancellation);

    public Task WriteTextAsync(string file, string text, CancellationToken cancellation) => WriteAsync(file, Encoding.UTF8.GetBytes(text), cancellation);

    public Task ProgressAsync(string stage, int step, int totalSteps, CancellationToken cancellation)
    {
        _toldAt = clock.GetTimestamp();
        _toldOnce = true;
        return WriteJsonAsync(OutputFiles.Progress, new ProgressFile(stage, step, Math.Max(1, totalSteps), clock.GetUtcNow()), cancellation);
    }

    /// <summary>As <see cref="ProgressAsync"/>, but not more often than every two seconds.</summary>
    public Task ProgressNowAndThenAsync(string stage, int step, int totalSteps, CancellationToken cancellation) =>
        _toldOnce && clock.GetElapsedTime(_toldAt) < ProgressInterval ? Task.CompletedTask : ProgressAsync(stage, step, totalSteps, cancellation);
}

/// <summary>progress.json.</summary>
internal sealed record ProgressFile(string Stage, int Step, int TotalSteps, DateTimeOffset At);
