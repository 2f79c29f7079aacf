using System.IO.Enumeration;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>Where blobs lie below the storage's folder.</summary>
internal sealed class FileTree(string root, BlobFileNames names)
{
    /// <summary>Links are not followed: what lies in the storage lies there. A folder that may not be read is not an empty one.</summary>
    private static readonly EnumerationOptions Plain = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false, MatchType = MatchType.Simple };

    /// <summary>Where the store itself would put a blob.</summary>
    public string PlaceOf(BlobPath path) =>
        Path.Combine([root, path.Container, .. names.Steps(path.Name).Select(step => step.FileName)]);

    /// <summary>The file that holds a blob; null where none does.</summary>
    public string? Find(BlobPath path)
    {
        IReadOnlyList<FileStep> steps = names.Steps(path.Name);
        string place = Path.Combine([root, path.Container, .. steps.Select(step => step.FileName)]);
        if (!names.FoldsCase && IsFile(place))
        {
            return place;
        }

        string beside = BlobFileNames.Beside(place);
        if (!names.FoldsCase && IsFile(beside))
        {
            return beside;
        }

        return names.FoldsCase || steps.Any(step => step.MayBeOtherwise) ? Search(Path.Combine(root, path.Container), steps, 0) : null;
    }

    /// <summary>All blobs of a container whose names begin with a prefix, in ordinal order of name.</summary>
    public IEnumerable<(string Name, FoundFile File)> List(string container, string prefix)
    {
        string[] segments = prefix.Split('/');
        string whole = string.Join('/', segments[..^1]);
        string folder = Path.Combine(root, container);
        if (whole.Length == 0)
        {
            return List([folder], "", prefix);
        }

        IReadOnlyList<FileStep> steps = names.Steps(whole);
        string straight = Path.Combine([folder, .. steps.Select(step => step.FileName)]);
        return steps.Any(step => step.MayBeOtherwise)
            ? List([folder], "", prefix)
            : List([straight], whole + "/", prefix);
    }

    /// <summary>The first segments of the names of a container's blobs, in ordinal order.</summary>
    public IEnumerable<string> Folders(string container) => SegmentsOf(Path.Combine(root, container), "")
        .Where(found => found.Entry.IsFolder && EntriesOf(found.Entry.Path).Any()).Select(found => found.Part.TrimEnd('/')).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<(string Name, FoundFile File)> List(IReadOnlyList<string> folders, string name, string prefix)
    {
        // A folder sorts as its name with the separator, which is how the names of its blobs go on.
        var entries = new SortedDictionary<string, List<FoundFile>>(StringComparer.Ordinal);
        foreach ((string part, FoundFile entry) in folders.SelectMany(folder => SegmentsOf(folder, "")))
        {
            if (Overlaps(name + part, prefix))
            {
                (entries.TryGetValue(part, out List<FoundFile>? same) ? same : entries[part] = []).Add(entry);
            }
        }

        foreach ((string part, List<FoundFile> found) in entries)
        {
            if (found[0].IsFolder)
            {
                foreach ((string Name, FoundFile File) below in List([.. found.Select(folder => folder.Path)], name + part, prefix))
                {
                    yield return below;
                }
            }
            else if ((name + part).StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return (name + part, found[0]);
            }
        }
    }

    /// <summary>The segments that a folder's entries stand for, folders with the separator. Those that go on inside a folder are
    /// gathered with their neighbours, among which they have their place in the order.</summary>
    private static IEnumerable<(string Part, FoundFile Entry)> SegmentsOf(string folder, string begun)
    {
        foreach (FoundFile entry in EntriesOf(folder))
        {
            if (BlobFileNames.Decode(entry.Name, entry.IsFolder) is not { } part)
            {
                continue;
            }

            if (!entry.IsFolder || part.EndsWith('/'))
            {
                yield return (begun + part, entry);
                continue;
            }

            foreach ((string Part, FoundFile Entry) inside in SegmentsOf(entry.Path, begun + part))
            {
                yield return inside;
            }
        }
    }

    private static bool Overlaps(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal);

    private static IEnumerable<FoundFile> EntriesOf(string folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<FoundFile>(folder, FoundFile.Of, Plain)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, folder, folder);
        }
    }

    private static bool IsFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };

    /// <summary>Step by step, by what the folders really hold.</summary>
    private static string? Search(string folder, IReadOnlyList<FileStep> steps, int at)
    {
        bool last = at == steps.Count - 1;
        string part = steps[at].Piece + (last || !steps[at].EndsSegment ? "" : "/");
        foreach (FoundFile entry in EntriesOf(folder).Where(entry => entry.IsFolder != last).OrderBy(entry => entry.Name != steps[at].FileName))
        {
            if (BlobFileNames.Decode(entry.Name, entry.IsFolder) == part
                && (last ? entry.Path : Search(entry.Path, steps, at + 1)) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}

/// <summary>An entry of a folder.</summary>
internal readonly record struct FoundFile(string Path, string Name, bool IsFolder, FileVersion Version)
{
    public static FoundFile Of(ref FileSystemEntry entry) => new(
        entry.ToFullPath(), entry.FileName.ToString(), entry.IsDirectory,
        entry.IsDirectory ? default : new FileVersion(entry.LastWriteTimeUtc.UtcTicks, entry.Length));
}
