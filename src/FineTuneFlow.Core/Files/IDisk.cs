namespace FineTuneFlow.Core.Files;

/// <summary>What writing asks of a file system, step by step, so that a test can stand one behind it that forgets what was not
/// flushed. All faults are those of <see cref="File"/>.</summary>
public interface IDisk
{
    /// <summary>A new file for its owner only.</summary>
    Stream Create(string file);

    /// <summary>Returns when the file's content is on the disk.</summary>
    void Flush(Stream file);

    /// <summary>Moves a file to its place, in one step; what was there is replaced.</summary>
    void Move(string file, string to);

    void Delete(string file);

    /// <summary>Makes a folder for its owner only, and those above it that are missing; nothing where it is there already.</summary>
    void MakeFolder(string folder);

    /// <summary>Removes an empty folder; false where it is not empty.</summary>
    bool RemoveFolder(string folder);

    /// <summary>Returns when the names in the folder are on the disk.</summary>
    void FlushFolder(string folder);
}
