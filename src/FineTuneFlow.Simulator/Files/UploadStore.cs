using System.Collections.Immutable;
using System.Security.Cryptography;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Files;

/// <summary>Uploads in parts: open for an hour, then completed with the parts in their order, cancelled or expired.</summary>
internal sealed class UploadStore
{
    /// <summary>Most bytes of one part.</summary>
    public const long MaximumPart = 64L * 1024 * 1024;

    private const long MaximumBytes = 8L * 1024 * 1024 * 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private readonly TimeProvider _clock;
    private readonly FileStore _files;
    private readonly string _folder;
    private readonly DocumentFolder<PendingUpload> _documents;
    private readonly Dictionary<string, PendingUpload> _uploads = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public UploadStore(SimulatorOptions options, TimeProvider clock, FileStore files)
    {
        _clock = clock;
        _files = files;
        _folder = Path.Combine(options.State, "uploads");
        _documents = new DocumentFolder<PendingUpload>(_folder);
        foreach (PendingUpload upload in _documents.Load())
        {
            _uploads[upload.Id] = upload;
        }
    }

    public PendingUpload Create(string filename, string purpose, long bytes, TimeSpan? lifetime)
    {
        if (bytes is < 1 or > MaximumBytes)
        {
            throw ApiException.Invalid("bytes", $"bytes must be from 1 to {MaximumBytes}");
        }

        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return Save(new PendingUpload(
            Ids.New("upload_"), filename, purpose, bytes, now, now + (long)Lifetime.TotalSeconds, "pending",
            ImmutableDictionary<string, long>.Empty, FileId: null, (long?)lifetime?.TotalSeconds));
    }

    /// <summary>Adds a part, whose content is moved.</summary>
    public (PendingUpload Upload, string PartId) AddPart(string id, string path)
    {
        lock (_lock)
        {
            PendingUpload upload = Open(id);
            string part = Ids.New("part_");
            long bytes = new FileInfo(path).Length;
            File.Move(path, PartPath(part));
            return (Save(upload with { Parts = upload.Parts.Add(part, bytes) }), part);
        }
    }

    /// <summary>Joins the parts into a file.</summary>
    /// <exception cref="ApiException">400: a part that is not of this upload, or another sum of bytes than announced.</exception>
    public (PendingUpload Upload, StoredFile File) Complete(string id, IReadOnlyList<string> parts, string? md5)
    {
        lock (_lock)
        {
            PendingUpload upload = Open(id);
            if (parts.FirstOrDefault(part => !upload.Parts.ContainsKey(part)) is { } unknown)
            {
                throw ApiException.Invalid("part_ids", $"Part '{unknown}' is not part of this upload.");
            }

            long bytes = parts.Sum(part => upload.Parts[part]);
            if (bytes != upload.Bytes)
            {
                throw ApiException.Invalid("part_ids", $"The parts hold {bytes} bytes, but the upload was announced with {upload.Bytes}.");
            }

            string joined = _files.NewTemporaryPath();
            using (FileStream target = File.Create(joined))
            {
                foreach (string part in parts)
                {
                    using FileStream source = File.OpenRead(PartPath(part));
                    source.CopyTo(target);
                }
            }

            if (md5 is not null)
            {
                CheckSum(joined, md5);
            }

            // The id follows from the upload: a crash between storing the file and closing the upload leaves no second file.
            StoredFile file = _files.Store(Ids.From("file-", upload.Id), joined, upload.Filename, upload.Purpose,
                upload.FileLifetime is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
            RemoveParts(upload);
            return (Save(upload with { Status = "completed", FileId = file.Id }), file);
        }
    }

    public PendingUpload Cancel(string id)
    {
        lock (_lock)
        {
            PendingUpload upload = Open(id);
            RemoveParts(upload);
            return Save(upload with { Status = "cancelled" });
        }
    }

    public string NewTemporaryPath() => Path.Combine(_folder, $"{Guid.NewGuid():N}.tmp");

    private static void CheckSum(string path, string md5)
    {
        string sum;
        using (FileStream content = File.OpenRead(path))
        {
#pragma warning disable CA5351 // The service's own check of transport, not of trust.
            sum = Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
        }

        if (!sum.Equals(md5, StringComparison.OrdinalIgnoreCase))
        {
            File.Delete(path);
            throw new ApiException(400, $"The md5 checksum of the parts is {sum}, not {md5}.", "invalid_checksum", "md5");
        }
    }

    private PendingUpload Open(string id)
    {
        PendingUpload upload = _uploads.GetValueOrDefault(id) ?? throw ApiException.NotFound("Upload object", id, "upload_id");
        if (upload.Status == "pending" && _clock.GetUtcNow().ToUnixTimeSeconds() >= upload.ExpiresAt)
        {
            RemoveParts(upload);
            upload = Save(upload with { Status = "expired" });
        }

        return upload.Status == "pending"
            ? upload
            : throw new ApiException(400, $"Upload {id} is {upload.Status}.", $"upload_{upload.Status}", "upload_id");
    }

    private void RemoveParts(PendingUpload upload)
    {
        foreach (string part in upload.Parts.Keys)
        {
            File.Delete(PartPath(part));
        }
    }

    private PendingUpload Save(PendingUpload upload)
    {
        lock (_lock)
        {
            _documents.Save(upload.Id, upload);
            return _uploads[upload.Id] = upload;
        }
    }

    private string PartPath(string part) => Path.Combine(_folder, part + ".part");
}
