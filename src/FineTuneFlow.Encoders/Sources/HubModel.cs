using System.Collections.Immutable;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>A model at the hub at one commit.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Commit">40 hexadecimal digits; pins every file.</param>
/// <param name="Licence">As its page tells it; null: not told.</param>
/// <param name="Files">All of the commit's.</param>
internal sealed record HubModel(string Name, string Commit, string? Licence, ImmutableArray<HubFile> Files)
{
    public HubFile? File(string path) => Files.FirstOrDefault(file => file.Path == path);
}

/// <param name="Path">Inside the repository.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of large files; null: <see cref="GitHash"/> pins it.</param>
/// <param name="GitHash">Git's hash of small files (SHA-1 of a header and the bytes).</param>
internal sealed record HubFile(string Path, long Size, string? Sha256, string? GitHash);
