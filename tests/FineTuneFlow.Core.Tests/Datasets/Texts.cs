using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Random texts with everything that breaks CSV and JSON in them.</summary>
internal static class Texts
{
    private static readonly string[] Pieces =
    [
        "good", "Bad", "NEVER", "app", "é", "e\u0301", "ß", "😀", "👨‍👩‍👧", "漢字", "שלום", "ትልቅ", ",", ";", "\t", "|", "\"", "\"\"", "'", "\\", "\\\"", "\n", "\r\n",
        "\r", " ", "  ", "\u00a0", "\u200b", "\u0000", "\u0007", "<|endoftext|>", "<|", "|>", "{", "}", "&amp;", "=1+1", "...", "1", "42", "\u1100\u1161", "İ", "ǅ",
    ];

    /// <summary>Well-formed texts, some of them empty.</summary>
    public static Gen<string> Any() =>
        Gen.ListOf(Gen.Elements(Pieces)).Select(list => string.Concat(list.Take(30)));

    /// <summary>A table of texts and labels; texts repeat now and then, with the same or another label.</summary>
    public static Gen<(string Text, string Label)[]> Table() =>
        from count in Gen.Choose(40, 120)
        from texts in Gen.ArrayOf(Any(), count)
        from numbers in Gen.ArrayOf(Gen.Choose(0, 10_000), count)
        select texts.Select((text, i) => (
            Text: numbers[i] % 5 == 0 && i > 0 ? texts[i / 2] : $"{text} {numbers[i] % 1000}",
            Label: (numbers[i] % 7) switch { 0 => "one, \"two\"", 1 => "", < 4 => "good", _ => "bad" })).ToArray();

    public static byte[] Csv(IEnumerable<(string Text, string Label)> rows)
    {
        var csv = new StringBuilder("text,label\r\n");
        foreach (var (text, label) in rows)
        {
            csv.Append(Quoted(text)).Append(',').Append(Quoted(label)).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static string Quoted(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
