using System.Security.Cryptography;

namespace FineTuneFlow.Api.Runs;

/// <summary>The parts of an uploaded form; the file waits on disk, since its hash decides where it goes.</summary>
internal sealed class FormUpload : IAsyncDisposable
{
    public string Project { get; set; } = "";

    public byte[]? Recipe { get; set; }

    public string FileName { get; set; } = "";

    /// <summary>Lower-case hexadecimal.</summary>
    public string Sha256 { get; private set; } = "";

    public FileStream File { get; } = MakeFile();

    public async Task FillAsync(Stream content, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var part = new byte[128 * 1024];
        int read;
        while ((read = await content.ReadAsync(part, cancellation)) > 0)
        {
            hash.AppendData(part, 0, read);
            await File.WriteAsync(part.AsMemory(0, read), cancellation);
        }

        await File.FlushAsync(cancellation);
        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The file from its first byte, as often as wanted.</summary>
    public Stream Open() => new FileStream(File.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public ValueTask DisposeAsync() => File.DisposeAsync();

    private static FileStream MakeFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Other users of the machine have no business with the texts.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}
