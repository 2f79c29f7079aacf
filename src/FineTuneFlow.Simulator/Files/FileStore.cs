using System.Collections.Concurrent;
using System.Security.Cryptography;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Files;

/// <summary>The files that are held, on disk and by id.</summary>
internal sealed class FileStore
{
    /// <summary>Most bytes of one file.</summary>
    public const long MaximumBytes = 512L * 1024 * 1024;

    private static readonly string[] Purposes = ["fine-tune", "batch", "assistants", "vision", "user_data", "evals"];
    private readonly SimulatorOptions _options;
    private readonly TimeProvider _clock;
    private readonly Ledger _ledger;
    private readonly string _folder;
    private readonly DocumentFolder<StoredFile> _documents;
    private readonly ConcurrentDictionary<string, StoredFile> _files = new(StringComparer.Ordinal);

    public FileStore(SimulatorOptions options, TimeProvider clock, Ledger ledger)
    {
        _options = options;
        _clock = clock;
        _ledger = ledger;
        _folder = Path.Combine(options.State, "files");
        _documents = new DocumentFolder<StoredFile>(_folder);
        foreach (StoredFile file in _documents.Load())
        {
            _files[file.Id] = file;
        }
    }

    public StoredFile? Find(string id)
    {
        StoredFile? file = _files.GetValueOrDefault(id);
        if (file is null || !IsExpired(file))
        {
            return file;
        }

        Delete(id);
        return null;
    }

    public StoredFile Get(string id) => Find(id) ?? throw ApiException.NotFound("File object", id);

    public IEnumerable<StoredFile> All => _files.Values.Where(file => !IsExpired(file));

    public Stream Open(string id) => new FileStream(ContentPath(Get(id).Id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <summary>A file of the simulator's own, for content that is still being written; becomes a file by <see cref="Adopt"/>.</summary>
    public string NewTemporaryPath() => Path.Combine(_folder, $"{Guid.NewGuid():N}.tmp");

    /// <summary>Makes a file of uploaded content, which is moved.</summary>
    /// <exception cref="ApiException">400, 413: a purpose, name or size that the service does not take.</exception>
    public StoredFile Adopt(string path, string filename, string purpose, TimeSpan? lifetime = null)
    {
        long bytes = new FileInfo(path).Length;
        if (!Purposes.Contains(purpose))
        {
            throw ApiException.Invalid("purpose", $"'{purpose}' is not one of {string.Join(", ", Purposes)}");
        }

        if (purpose is "fine-tune" or "batch" && !filename.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiException.Invalid("file", $"Invalid extension of the file name. Supported formats for purpose '{purpose}': jsonl");
        }

        if (bytes == 0)
        {
            throw ApiException.Invalid("file", "File is empty.");
        }

        if (bytes > MaximumBytes)
        {
            throw new ApiException(413, $"Maximum file size is {MaximumBytes} bytes; send larger ones through /v1/uploads.");
        }

        return Store(Ids.New("file-"), path, filename, purpose, lifetime);
    }

    /// <summary>Stores content as it is, replacing what has the same id.</summary>
    public StoredFile Store(string id, string path, string filename, string purpose, TimeSpan? lifetime = null)
    {
        using (FileStream content = File.OpenRead(path))
        {
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
            DateTimeOffset now = _clock.GetUtcNow();
            var file = new StoredFile(
                id, filename, purpose, content.Length, sha256, now.ToUnixTimeSeconds(),
                (now + _options.Simulated(_options.ProcessFileFor)).ToUnixTimeMilliseconds(),
                lifetime is { } lives ? (now + lives).ToUnixTimeSeconds() : null);
            WholeFile.Keep(path, ContentPath(id));
            _documents.Save(id, file);
            _files[id] = file;
            _ledger.FileStored(file);
            return file;
        }
    }

    public StoredFile Store(string id, byte[] content, string filename, string purpose)
    {
        string path = NewTemporaryPath();
        File.WriteAllBytes(path, content);
        return Store(id, path, filename, purpose);
    }

    public bool Delete(string id)
    {
        bool removed = _files.TryRemove(id, out _);
        _documents.Delete(id);
        File.Delete(ContentPath(id));
        return removed;
    }

    /// <summary>The hash of a file's text: with and without a byte order mark the same.</summary>
    public string TextHash(StoredFile file)
    {
        using Stream content = Open(file.Id);
        Span<byte> first = stackalloc byte[3];
        if (content.ReadAtLeast(first, 3, throwOnEndOfStream: false) < 3 || !first.SequenceEqual("\uFEFF"u8))
        {
            return file.Sha256;
        }

        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>OpenAI says <c>processed</c> at once; Azure takes its time.</summary>
    public string StatusOf(StoredFile file, bool azure)
    {
        long left = file.ReadyAt - _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!azure || left <= 0)
        {
            return "processed";
        }

        return left > _options.Simulated(_options.ProcessFileFor).TotalMilliseconds / 2 ? "pending" : "running";
    }

    private bool IsExpired(StoredFile file) => file.ExpiresAt <= _clock.GetUtcNow().ToUnixTimeSeconds();

    private string ContentPath(string id) => Path.Combine(_folder, id + ".content");
}
