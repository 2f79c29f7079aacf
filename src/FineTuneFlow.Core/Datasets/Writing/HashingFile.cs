using System.Security.Cryptography;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>A file that is written from the first byte to the last, hashed on the way.</summary>
internal sealed class HashingFile : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream stream;
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int filled;

    public HashingFile(string directory, string name)
    {
        Name = name;
        stream = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    public string Name { get; }
    public long Bytes { get; private set; }
    public long Rows { get; set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (bytes.Length > buffer.Length - filled)
        {
            int part = buffer.Length - filled;
            bytes[..part].CopyTo(buffer.AsSpan(filled));
            filled += part;
            Flush();
            bytes = bytes[part..];
        }

        bytes.CopyTo(buffer.AsSpan(filled));
        filled += bytes.Length;
    }

    /// <summary>Writes the rest and gives the hash in lower-case hexadecimal.</summary>
    public string Finish()
    {
        Flush();
        stream.Dispose();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        stream.Dispose();
        hash.Dispose();
    }

    private void Flush()
    {
        hash.AppendData(buffer.AsSpan(0, filled));
        stream.Write(buffer.AsSpan(0, filled));
        filled = 0;
    }
}
