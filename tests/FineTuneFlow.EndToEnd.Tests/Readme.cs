using System.Text.RegularExpressions;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>README.md, as what it shows.</summary>
internal static partial class Readme
{
    public static string Root { get; } = FindRoot();

    /// <summary>The lines of the shell block under a heading, without their comments.</summary>
    public static string[] Commands(string heading) =>
    [
        .. Block(Section(heading), "sh").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Comment().Replace(line, "").Trim()),
    ];

    /// <summary>What the demo is said to end with, by paragraph, each on one line.</summary>
    public static string[] DemoEnds() =>
        [.. Block(Text()[Text().IndexOf("The demo ends like this", StringComparison.Ordinal)..], "").Split("\n\n").Select(OnOneLine)];

    public static string OnOneLine(string text) => Spaces().Replace(text, " ").Trim();

    private static string Text() => File.ReadAllText(Path.Combine(Root, "README.md"));

    private static string Section(string heading)
    {
        string text = Text();
        int start = text.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"README.md has no heading {heading}");
        int end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length : end)];
    }

    private static string Block(string text, string language)
    {
        string opens = $"```{language}\n";
        int start = text.IndexOf(opens, StringComparison.Ordinal) + opens.Length;
        return text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FineTuneFlow.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex(@"\s+#\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
