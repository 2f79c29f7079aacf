using System.Text;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Providers.Tests.FileStorage;

/// <summary>The machine's disk as it is after a power cut: of what was not flushed, any part may be there or not. Files are
/// followed by identity, names by folder, as file systems keep them.</summary>
internal sealed class ForgetfulDisk(string root, Random random) : IDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Node> _live = [];
    // With the folder that has the name: one that was removed and made again is another, without what lay in the first.
    private readonly Dictionary<string, (Node Node, Node? Folder)> _kept = [];

    public Stream Create(string file)
    {
        var stream = (FileStream)LocalDisk.Instance.Create(file);
        lock (_gate)
        {
            _live[file] = new Node();
        }

        return stream;
    }

    public void Flush(Stream file)
    {
        LocalDisk.Instance.Flush(file);
        string name = ((FileStream)file).Name;
        lock (_gate)
        {
            (_live[name].Content, _live[name].Written) = (File.ReadAllBytes(name), File.GetLastWriteTimeUtc(name));
        }
    }

    public void Move(string file, string to)
    {
        lock (_gate)
        {
            LocalDisk.Instance.Move(file, to);
            _live[to] = _live[file];
            _live.Remove(file);
        }
    }

    public void Delete(string file)
    {
        lock (_gate)
        {
            LocalDisk.Instance.Delete(file);
            _live.Remove(file);
        }
    }

    public void MakeFolder(string folder)
    {
        lock (_gate)
        {
            LocalDisk.Instance.MakeFolder(folder);
            _live.TryAdd(folder, new Node { IsFolder = true });
        }
    }

    public bool RemoveFolder(string folder)
    {
        lock (_gate)
        {
            return LocalDisk.Instance.RemoveFolder(folder) && _live.Remove(folder);
        }
    }

    public void FlushFolder(string folder)
    {
        LocalDisk.Instance.FlushFolder(folder);
        lock (_gate)
        {
            foreach (string name in _live.Keys.Concat(_kept.Keys).Where(name => Path.GetDirectoryName(name) == folder).Distinct().ToList())
            {
                Keep(name);
            }
        }
    }

    /// <summary>Lays down what a machine that lost its power now would find.</summary>
    public void CutPower(string into)
    {
        lock (_gate)
        {
            // The system may have written names by itself, each or not.
            foreach (string name in _live.Keys.Concat(_kept.Keys).Distinct().Where(_ => random.Next(2) == 0).ToList())
            {
                Keep(name);
            }

            foreach ((string name, (Node node, Node? folder)) in _kept.OrderBy(kept => kept.Key.Length))
            {
                string place = Path.Combine(into, Path.GetRelativePath(root, name));
                // A file whose folder has no name on the disk is not there either.
                if (!Directory.Exists(Path.GetDirectoryName(place)) || FolderOf(name, known => _kept.GetValueOrDefault(known).Node) != folder)
                {
                    continue;
                }

                if (node.IsFolder)
                {
                    Directory.CreateDirectory(place);
                }
                else
                {
                    File.WriteAllBytes(place, node.Content ?? Encoding.ASCII.GetBytes(new string('\0', random.Next(100))));
                    File.SetLastWriteTimeUtc(place, node.Written);
                }
            }
        }
    }

    private void Keep(string name)
    {
        if (_live.TryGetValue(name, out Node? node))
        {
            _kept[name] = (node, FolderOf(name, known => _live.GetValueOrDefault(known)));
        }
        else
        {
            _kept.Remove(name);
        }
    }

    private static Node? FolderOf(string name, Func<string, Node?> known) => known(Path.GetDirectoryName(name)!);

    /// <summary>A file or folder, whatever it is called.</summary>
    private sealed class Node
    {
        public bool IsFolder { get; init; }

        /// <summary>As flushed last; null: never.</summary>
        public byte[]? Content { get; set; }

        public DateTime Written { get; set; }
    }
}
