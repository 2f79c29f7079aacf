namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>How a CSV file separates and escapes.</summary>
/// <param name="Delimiter">The byte between cells.</param>
internal sealed record CsvDialect(byte Delimiter)
{
    /// <summary>The byte around cells; 0: quotes are ordinary text.</summary>
    public byte Quote { get; init; } = (byte)'"';

    /// <summary>A backslash before a quote escapes it, instead of a second quote.</summary>
    public bool BackslashQuotes { get; init; }

    /// <summary>A backslash before a delimiter or line break makes it part of an unquoted cell (Python's QUOTE_NONE).</summary>
    public bool BackslashDelimiters { get; init; }

    /// <summary>Blanks between a delimiter and an opening quote are not part of the cell.</summary>
    public bool BlankBeforeQuote { get; init; }

    /// <summary>Records above the header: the line <c>sep=;</c> that Excel writes, and titles.</summary>
    public int RecordsAboveHeader { get; init; }

    /// <summary>Another delimiter that splits the records as evenly; null where the choice is certain.</summary>
    public string? Rival { get; init; }

    public static readonly (byte Byte, string Name)[] Known =
        [((byte)',', "comma"), ((byte)';', "semicolon"), ((byte)'\t', "tab"), ((byte)'|', "pipe")];

    public string DelimiterName => NameOf(Delimiter);

    public static string NameOf(byte delimiter) => Known.First(known => known.Byte == delimiter).Name;
}
