using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Jobs;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Bookkeeping;

/// <summary>What was asked of the simulator, so that a test can prove that every paid thing was paid once. Every entry is
/// written before the request is answered, and read again by the next process.</summary>
internal sealed class Ledger : IDisposable
{
    private readonly FileStream _log;
    private readonly FileStream _owner;
    private readonly Lock _lock = new();
    private readonly List<LedgerJob> _jobs = [];
    private readonly List<LedgerFile> _files = [];
    private readonly Dictionary<string, Dictionary<string, int>> _inference = new(StringComparer.Ordinal);

    public Ledger(SimulatorOptions options)
    {
        Directory.CreateDirectory(options.State);
        _owner = TakeOwnership(options.State);
        _log = new FileStream(Path.Combine(options.State, "ledger.log"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        using var reader = new StreamReader(_log, leaveOpen: true);
        string text = reader.ReadToEnd();
        int whole = text.LastIndexOf('\n') + 1;
        foreach (string line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Take(line.Split('\t'));
        }

        // A last line without its end was being written when the process was killed, and its request was never answered.
        _log.SetLength(Encoding.UTF8.GetByteCount(text.AsSpan(0, whole)));
        _log.Seek(0, SeekOrigin.End);
    }

    public void JobCreated(FineTuningJob job) => Write(
        "job", job.Id, job.Model, job.TrainingFile,
        string.Join('&', job.Metadata.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")));

    public void FileStored(StoredFile file) => Write("file", file.Id, file.Purpose, file.Sha256, Uri.EscapeDataString(file.Filename));

    /// <param name="model">As asked for.</param>
    /// <param name="row">See <see cref="RowHash"/>.</param>
    public void Asked(string model, string row) => Write("ask", model, row);

    /// <summary>Everything counted so far.</summary>
    public LedgerSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LedgerSnapshot(
                [.. _jobs],
                [.. _files],
                _inference.ToDictionary(pair => pair.Key, pair => new Dictionary<string, int>(pair.Value, StringComparer.Ordinal)));
        }
    }

    public void Dispose()
    {
        _log.Dispose();
        _owner.Dispose();
    }

    /// <summary>A lock that is held as long as the process lives, and keeps a second one out of the folder. A file of its own: a backup
    /// reads the ledger meanwhile.</summary>
    private static FileStream TakeOwnership(string state)
    {
        try
        {
            return new FileStream(Path.Combine(state, "simulator.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (!DiskFaults.IsFull(e))
        {
            throw new FlowException(
                FailureKind.Conflict,
                $"The state folder {state} is in use by another simulator",
                "End that one, or give another folder with --state.",
                e);
        }
    }

    private void Write(params string[] entry)
    {
        byte[] line = Encoding.UTF8.GetBytes(string.Join('\t', entry) + "\n");
        lock (_lock)
        {
            long whole = _log.Length;
            try
            {
                _log.Write(line);
            }
            catch (IOException)
            {
                // On a full disk a part of the line may be there: what is written next would be read as its end.
                _log.SetLength(whole);
                _log.Seek(whole, SeekOrigin.Begin);
                throw;
            }

            Take(entry);
        }
    }

    private void Take(string[] entry)
    {
        switch (entry[0])
        {
            case "job":
                _jobs.Add(new LedgerJob(entry[1], entry[2], entry[3], entry[4]
                    .Split('&', StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split('='))
                    .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]))));
                break;
            case "file":
                _files.Add(new LedgerFile(entry[1], entry[2], entry[3], Uri.UnescapeDataString(entry[4])));
                break;
            case "ask":
                if (!_inference.TryGetValue(entry[1], out Dictionary<string, int>? rows))
                {
                    _inference[entry[1]] = rows = new Dictionary<string, int>(StringComparer.Ordinal);
                }

                rows[entry[2]] = rows.GetValueOrDefault(entry[2]) + 1;
                break;
        }
    }
}
