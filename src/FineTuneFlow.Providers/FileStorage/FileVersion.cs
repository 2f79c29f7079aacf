using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>A file's content, told from any other that the file has had: the time of its last write, which the store gives out
/// once each, and its length.</summary>
/// <param name="Ticks">Last write, UTC, in units of 100 ns.</param>
/// <param name="Bytes">Length.</param>
internal readonly record struct FileVersion(long Ticks, long Bytes)
{
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{Ticks:x}-{Bytes:x}\"");

    public DateTimeOffset ModifiedAt => new(Ticks, TimeSpan.Zero);

    public static FileVersion Of(SafeFileHandle file) => new(File.GetLastWriteTimeUtc(file).Ticks, RandomAccess.GetLength(file));

    public static FileVersion Of(string file)
    {
        var info = new FileInfo(file);
        return new FileVersion(info.LastWriteTimeUtc.Ticks, info.Length);
    }
}
