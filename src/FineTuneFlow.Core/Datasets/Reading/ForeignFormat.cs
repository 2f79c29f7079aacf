namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Files that are not a table of texts but are often dropped as one, told from their first bytes.</summary>
internal static class ForeignFormat
{
    private const int Looked = 4096;
    private const int LeastLooked = 64;
    // Damaged cells hold a control character or two; of random bytes every ninth is one.
    private const double MostControls = 0.05;

    /// <param name="head">The first decoded bytes.</param>
    /// <returns>What the file is and how it becomes a CSV; null where it may be text.</returns>
    public static (string What, string Remedy)? Of(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PK\u0003\u0004"u8))
        {
            return ("a ZIP archive or an Excel workbook", "Save the sheet as CSV (UTF-8), or unpack the archive, and drop that file");
        }

        if (head.StartsWith("PAR1"u8))
        {
            return ("a Parquet file", "Write the table as CSV or JSON lines and drop that file");
        }

        if (head.StartsWith("ARROW1"u8))
        {
            return ("an Arrow file", "Write the table as CSV or JSON lines and drop that file");
        }

        // The first byte of xz is no ASCII and looks different in each encoding.
        if ((head.Length > 4 && head.StartsWith("BZh"u8) && head[4..].StartsWith("1AY&SY"u8)) || head[..Math.Min(head.Length, 8)].IndexOf("7zXZ"u8) > 0)
        {
            return ("packed with bzip2 or xz", "Unpack it, or pack it with gzip");
        }

        if (head.StartsWith("%PDF"u8))
        {
            return ("a PDF document", "Drop the table itself as CSV");
        }

        ReadOnlySpan<byte> start = head.TrimStart(" \t\r\n"u8);
        if (start.StartsWith("<!DOCTYPE html"u8) || start.StartsWith("<html"u8))
        {
            return ("a web page", "Look at it: a download that failed often leaves its error page");
        }

        if (JsonForm.Of(start) is { } json)
        {
            return json;
        }

        ReadOnlySpan<byte> looked = head[..Math.Min(head.Length, Looked)];
        int controls = 0;
        foreach (byte value in looked)
        {
            controls += value is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') or 0x7F ? 1 : 0;
        }

        return looked.Length >= LeastLooked && controls > looked.Length * MostControls
            ? ("a binary file", "Drop a CSV or JSON lines in UTF-8, UTF-16 or Latin-1, as it is or packed with gzip")
            : null;
    }
}
