namespace FineTuneFlow.Cli.Output;

/// <summary>Text of foreign origin (cells, column names, what a service answered) as a terminal may have it.</summary>
internal static class Printable
{
    /// <summary>Control characters, with which a file could move the cursor or rename the window, become U+FFFD; line breaks and
    /// tabs stay.</summary>
    public static string Of(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnsafe(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
