namespace FineTuneFlow.Core.Failures;

/// <summary>A place in an input file.</summary>
/// <param name="File">The file's name as the user knows it.</param>
/// <param name="Line">Physical line, from 1.</param>
/// <param name="Column">Character in the line from 1, or the name of the table's column.</param>
public sealed record SourceLocation(string File, long? Line = null, string? Column = null)
{
    public override string ToString() => (Line, Column) switch
    {
        (null, null) => File,
        (null, _) => $"{File}, column {Column}",
        (_, null) => $"{File}, line {Line}",
        _ => $"{File}, line {Line}, column {Column}",
    };
}
