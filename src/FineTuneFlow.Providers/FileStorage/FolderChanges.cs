using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>Makes and removes the folders of blobs, and remembers which are not yet on the disk: a blob counts only when every
/// folder above it does, whoever made it.</summary>
internal sealed class FolderChanges(string root, IDisk disk)
{
    /// <summary>Folders in which a name was made, with the number of the last such change.</summary>
    private readonly Dictionary<string, long> _unflushed = new(StringComparer.Ordinal);
    private long _changes;

    /// <summary>The folders that must be made for this one to be there, outermost first.</summary>
    public IReadOnlyList<string> Missing(string folder)
    {
        var missing = new Stack<string>();
        for (string at = folder; at.Length > root.Length && !Directory.Exists(at); at = Path.GetDirectoryName(at)!)
        {
            missing.Push(at);
        }

        return [.. missing];
    }

    public void Make(string folder)
    {
        disk.MakeFolder(folder);
        lock (_unflushed)
        {
            _unflushed[Path.GetDirectoryName(folder)!] = ++_changes;
        }
    }

    /// <summary>Removes a folder and those above it, as far as they are empty.</summary>
    /// <returns>The innermost that stays.</returns>
    public string RemoveEmpty(string folder, string top)
    {
        string at = folder;
        while (at.Length > top.Length && disk.RemoveFolder(at))
        {
            at = Path.GetDirectoryName(at)!;
        }

        return at;
    }

    /// <summary>Returns when the names in the folder, and those of the folders above it, are on the disk.</summary>
    public void Flush(string folder)
    {
        FlushOne(folder);
        foreach (string above in Above(folder).Where(IsUnflushed))
        {
            FlushOne(above);
        }
    }

    /// <summary>Up to the folder that holds the storage's own.</summary>
    private IEnumerable<string> Above(string folder)
    {
        string? at = folder;
        while (at is not null && at.Length >= root.Length)
        {
            at = Path.GetDirectoryName(at);
            if (at is not null)
            {
                yield return at;
            }
        }
    }

    private bool IsUnflushed(string folder)
    {
        lock (_unflushed)
        {
            return _unflushed.ContainsKey(folder);
        }
    }

    private void FlushOne(string folder)
    {
        long change;
        lock (_unflushed)
        {
            change = _unflushed.GetValueOrDefault(folder);
        }

        try
        {
            disk.FlushFolder(folder);
        }
        catch (IOException) when (!Directory.Exists(folder))
        {
            // Another's deletion has emptied and removed it; what was to be kept in it is gone by that wish.
        }

        lock (_unflushed)
        {
            // A folder that was made in it since waits for a flush of its own.
            if (_unflushed.GetValueOrDefault(folder) == change)
            {
                _unflushed.Remove(folder);
            }
        }
    }
}
