using System.Text;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>Blob names as paths below a container's folder. A segment is a folder or the file of that <see cref="PortableName"/>;
/// one that is longer than a file name may be goes on in a folder inside; a blob beside a folder of its name has a mark.</summary>
internal sealed class BlobFileNames(bool foldsCase)
{
    /// <summary>Ends the name of a folder whose segment goes on inside. No escape looks like it.</summary>
    private const string GoesOn = "%+";

    /// <summary>Ends the name of a file beside which a folder of the same name stands.</summary>
    private const string BesideFolder = "%-";

    /// <summary>Names may have 255 bytes on most file systems, fewer on encrypted ones, and the marks need two.</summary>
    private const int MostBytes = 140;

    private readonly PortableName _names = new(foldsCase);

    public bool FoldsCase => foldsCase;

    /// <summary>The steps from a container's folder to a blob's file, the last one the file.</summary>
    public IReadOnlyList<FileStep> Steps(string name)
    {
        var steps = new List<FileStep>();
        string[] segments = name.Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            string rest = segments[i];
            while (Encoding.UTF8.GetByteCount(_names.Encode(rest)) > MostBytes)
            {
                int cut = Cut(rest);
                steps.Add(Step(rest[..cut], GoesOn));
                rest = rest[cut..];
            }

            steps.Add(Step(rest, ""));
        }

        return steps;
    }

    public static string Beside(string fileName) => fileName + BesideFolder;

    /// <summary>What an entry of a folder stands for; null where it is none of ours.</summary>
    /// <param name="fileName">Its name on the disk.</param>
    /// <param name="isFolder">A folder.</param>
    /// <returns>The text that it adds to the blob's name: for a folder with the separator, unless the segment goes on.</returns>
    public static string? Decode(string fileName, bool isFolder)
    {
        string mark = isFolder ? GoesOn : BesideFolder;
        if (fileName.EndsWith(mark, StringComparison.Ordinal) && PortableName.Decode(fileName[..^mark.Length]) is { } marked)
        {
            return marked;
        }

        return PortableName.Decode(fileName) is { } plain ? plain + (isFolder ? "/" : "") : null;
    }

    private FileStep Step(string piece, string mark) => new(piece, _names.Encode(piece) + mark, mark.Length == 0, _names.MayBeOtherwise(piece));

    /// <summary>How many characters fit, a surrogate pair whole.</summary>
    private int Cut(string segment)
    {
        int cut = Math.Min(segment.Length, MostBytes);
        while (Encoding.UTF8.GetByteCount(_names.Encode(segment[..cut])) > MostBytes)
        {
            cut--;
        }

        return char.IsHighSurrogate(segment[cut - 1]) && cut > 1 ? cut - 1 : cut;
    }
}

/// <param name="Piece">Of the blob's name.</param>
/// <param name="FileName">Its name on the disk, as the store writes it.</param>
/// <param name="EndsSegment">A separator follows, or the end.</param>
/// <param name="MayBeOtherwise">It could lie there under another name.</param>
internal sealed record FileStep(string Piece, string FileName, bool EndsSegment, bool MayBeOtherwise);
