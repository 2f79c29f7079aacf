using System.Text;

namespace FineTuneFlow.Core.Reports.Text;

/// <summary>Texts from outside in Markdown: names, labels and messages come from files and services, and none of it may become markup
/// or end a table's cell.</summary>
internal static class MarkdownText
{
    /// <summary>As text. Only what would be read as markup is escaped, since the file is also read as it stands.</summary>
    public static string Plain(string? value)
    {
        string from = value ?? "";
        var plain = new StringBuilder(from.Length + 8);
        for (int i = 0; i < from.Length; i++)
        {
            char c = from[i];
            plain.Append(c switch
            {
                _ when char.IsControl(c) => " ",
                '&' => i + 1 < from.Length && (char.IsLetter(from[i + 1]) || from[i + 1] == '#') ? "&amp;" : "&",
                // "p < 0.001" opens nothing.
                '<' => i + 1 < from.Length && from[i + 1] is not (' ' or '=') && !char.IsDigit(from[i + 1]) ? "&lt;" : "<",
                '>' => i == 0 ? "&gt;" : ">",
                // An underscore inside a word is one.
                '_' => i > 0 && i + 1 < from.Length && char.IsLetterOrDigit(from[i - 1]) && char.IsLetterOrDigit(from[i + 1]) ? "_" : "\\_",
                '#' => i == 0 ? "\\#" : "#",
                '|' or '*' or '`' or '[' or ']' or '\\' or '~' => "\\" + c,
                _ => c.ToString(),
            });
        }

        return plain.ToString();
    }

    /// <summary>As code, in which no escape is read.</summary>
    public static string Code(string? value) =>
        $"`{string.Concat((value ?? "").Select(c => char.IsControl(c) || c is '`' or '|' ? ' ' : c))}`";
}
