using System.Security.Cryptography;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>A file that is written from the first byte to the last, hashed on the way.</summary>
internal sealed class HashingFile : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _stream;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _filled;

    public HashingFile(string directory, string name)
    {
        Name = name;
        _stream = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    public string Name { get; }
    public long Bytes { get; private set; }
    public long Rows { get; set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (bytes.Length > _buffer.Length - _filled)
        {
            int part = _buffer.Length - _filled;
            bytes[..part].CopyTo(_buffer.AsSpan(_filled));
            _filled += part;
            Flush();
            bytes = bytes[part..];
        }

        bytes.CopyTo(_buffer.AsSpan(_filled));
        _filled += bytes.Length;
    }

    /// <summary>Writes the rest and gives the hash in lower-case hexadecimal.</summary>
    public string Finish()
    {
        Flush();
        _stream.Dispose();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _filled));
        _stream.Write(_buffer.AsSpan(0, _filled));
        _filled = 0;
    }
}
