using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>The right to be the one process that writes to a storage folder: a lock on a file in it, which the operating system
/// takes back however the process ends.</summary>
internal sealed class StorageLock : IDisposable
{
    private readonly FileStream _file;

    private StorageLock(FileStream file) => _file = file;

    /// <exception cref="FlowException">Conflict: another process has it; names it.</exception>
    public static StorageLock Take(string root)
    {
        string file = Path.Combine(root, ".lock");
        string owner = Path.Combine(root, ".owner");
        try
        {
            var taken = new StorageLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            WholeFile.Write(owner, System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return taken;
        }
        catch (IOException held) when (!DiskFaults.IsFull(held))
        {
            string who = File.Exists(owner) ? $"process {File.ReadAllText(owner)}" : "another process";
            throw new FlowException(
                FailureKind.Conflict, $"the storage in {root} is in use by {who}", "Stop that process first, or give this one another folder with FTF_HOME", held);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, file, root);
        }
    }

    public void Dispose() => _file.Dispose();
}
