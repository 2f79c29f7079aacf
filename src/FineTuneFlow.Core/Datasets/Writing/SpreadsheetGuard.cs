namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Keeps a spreadsheet from running the cells of a file that people open (CSV injection, OWASP): a cell that begins like a
/// formula gets an apostrophe before it, which reading the file back takes off again.</summary>
public static class SpreadsheetGuard
{
    private const string Beginnings = "=+-@\t\r";
    private static readonly string[] Judgement = ["suggested", "confidence", "agreeing", "id"];

    /// <summary>The cell as it is written.</summary>
    public static string Guard(string cell) => BeginsFormula(cell.AsSpan().TrimStart('\'')) ? "'" + cell : cell;

    /// <summary>The cell as it was before.</summary>
    public static string Undo(string cell) => cell.StartsWith('\'') && BeginsFormula(cell.AsSpan().TrimStart('\'')) ? cell[1..] : cell;

    internal static ReadOnlySpan<byte> Undo(ReadOnlySpan<byte> cell)
    {
        ReadOnlySpan<byte> rest = cell.TrimStart((byte)'\'');
        return rest.Length < cell.Length && !rest.IsEmpty && Beginnings.Contains((char)rest[0], StringComparison.Ordinal) ? cell[1..] : cell;
    }

    /// <summary>Whether a file is a <c>suspects.csv</c>, by its columns.</summary>
    internal static bool IsSuspects(IReadOnlyList<string> columns) => Judgement.All(columns.Contains);

    private static bool BeginsFormula(ReadOnlySpan<char> cell) => !cell.IsEmpty && Beginnings.Contains(cell[0], StringComparison.Ordinal);
}
