using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>An encoding that a drop comes in, and how sure that is.</summary>
/// <param name="Name">As the manifest and the recipe write it.</param>
/// <param name="Decoder">Null for UTF-8, which is read as it stands.</param>
internal sealed record SourceEncoding(string Name, Encoding? Decoder)
{
    public static readonly SourceEncoding Utf8 = new("utf-8", null);
    public static readonly SourceEncoding Utf16LittleEndian = new("utf-16", Encoding.Unicode);
    public static readonly SourceEncoding Utf16BigEndian = new("utf-16", Encoding.BigEndianUnicode);
    public static readonly SourceEncoding Latin1 = new("latin-1", CodePages.Find("windows-1252"));

    /// <summary>0 to 1; below 1 where it was guessed from the letters.</summary>
    public double Certainty { get; init; } = 1;

    /// <summary>Whether it was told from the letters of the text.</summary>
    public bool Guessed { get; init; }

    /// <summary>For a person: a line of the file in this encoding and in the next best one.</summary>
    public string? Example { get; init; }

    /// <summary>The next best guess.</summary>
    public string? Rival { get; init; }

    public Stream ToUtf8(Stream source) => this switch
    {
        { Decoder: null } => source,
        { Name: "latin-1" } => new Windows1252Stream(source),
        _ => Encoding.CreateTranscodingStream(source, Decoder, Encoding.UTF8),
    };
}
