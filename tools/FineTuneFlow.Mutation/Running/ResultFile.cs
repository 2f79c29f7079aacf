using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Mutation.Running;

/// <summary>What has been found so far, a line a mutant, written at once: a session that is interrupted goes on from there. A mutant
/// that was killed stays so while its file's text is the same; all others are tried again.</summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _projectFolder;
    private readonly Dictionary<string, string> _hashes = [];
    private readonly Dictionary<string, (Outcome Outcome, string By)> _known = [];
    private readonly StreamWriter _writer;

    public ResultFile(string path, string projectFolder)
    {
        _projectFolder = projectFolder;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (string[] line in File.Exists(path) ? File.ReadLines(path).Select(line => line.Split('\t')).Where(line => line.Length == 4) : [])
        {
            _known[$"{line[0]}\t{line[1]}"] = (Enum.Parse<Outcome>(line[2]), line[3]);
        }

        _writer = new StreamWriter(path, append: true, Encoding.UTF8) { AutoFlush = true };
    }

    public Result? Known(Mutant mutant, bool all) =>
        _known.TryGetValue(Line(mutant), out (Outcome Outcome, string By) known) && (all || known.Outcome is Outcome.Killed or Outcome.Hung)
            ? new(mutant, known.Outcome, known.By)
            : null;

    public void Add(Result result)
    {
        lock (_writer)
        {
            _writer.WriteLine($"{Line(result.Mutant)}\t{result.Outcome}\t{result.By}");
        }
    }

    public void Dispose() => _writer.Dispose();

    private string Line(Mutant mutant)
    {
        lock (_hashes)
        {
            if (!_hashes.TryGetValue(mutant.File, out string? hash))
            {
                hash = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(_projectFolder, mutant.File))))[..12];
                _hashes[mutant.File] = hash;
            }

            return $"{hash}\t{mutant.Key}";
        }
    }
}
