namespace FineTuneFlow.Cli.Stack;

/// <summary>A service's log as it grows: when it is begun anew, the rest of the file before is read and then the new one from its
/// beginning.</summary>
internal sealed class FollowedLog(string file) : IDisposable
{
    private StreamReader _reader = Open(file);

    /// <summary>The lines that were written since the last call.</summary>
    public IEnumerable<string> NewLines()
    {
        foreach (string line in Rest())
        {
            yield return line;
        }

        // A log only grows: one that is shorter than ours is another file under the same name.
        if (!File.Exists(file) || new FileInfo(file).Length >= _reader.BaseStream.Length)
        {
            yield break;
        }

        // What was written between the reading and the renaming.
        foreach (string line in Rest())
        {
            yield return line;
        }

        _reader.Dispose();
        _reader = Open(file);
        foreach (string line in Rest())
        {
            yield return line;
        }
    }

    public void Dispose() => _reader.Dispose();

    private static StreamReader Open(string file) => new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    private IEnumerable<string> Rest()
    {
        while (_reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
