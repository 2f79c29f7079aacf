using System.Text;
using System.Text.RegularExpressions;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>As much of a Bicep file as can be told without its compiler: whether its brackets and strings close, its parameters,
/// variables, outputs and modules, and which names its code uses.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string path, string text)
    {
        Path = path;
        Text = text;
        Code = CodeOf(text, path);
        Parameters = [.. ParameterLine().Matches(Code).Select(m => new BicepParameter(m.Groups[1].Value, m.Groups[2].Success))];
        Variables = [.. VariableLine().Matches(Code).Select(m => m.Groups[1].Value)];
        Outputs = [.. OutputLine().Matches(Code).Select(m => m.Groups[1].Value)];
        Modules = [.. ModuleLine().Matches(Text).Select(m => new BicepModule(m.Groups[1].Value, m.Groups[2].Value, ParametersOf(Text[m.Index..])))];
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>The text without comments and with strings emptied but for what is interpolated.</summary>
    public string Code { get; }

    public IReadOnlyList<BicepParameter> Parameters { get; }

    public IReadOnlyList<string> Variables { get; }

    public IReadOnlyList<string> Outputs { get; }

    public IReadOnlyList<BicepModule> Modules { get; }

    public static IReadOnlyList<BicepFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => new BicepFile(System.IO.Path.GetRelativePath(Repository.PathOf("infra"), file), File.ReadAllText(file))),
    ];

    public static BicepFile Main => All.Single(file => file.Path == "main.bicep");

    /// <summary>How often the code uses a name, its declaration not counted.</summary>
    public int Uses(string name) => Regex.Count(Code, $@"(?<![\w.]){Regex.Escape(name)}(?!\w)") - 1;

    /// <summary>Removes comments and strings, keeping interpolations, and checks on the way that everything closes.</summary>
    private static string CodeOf(string text, string path)
    {
        var code = new StringBuilder();
        var open = new Stack<(char Bracket, int Line)>();
        int line = 1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '\n':
                    line++;
                    break;
                case '/' when text[i..].StartsWith("//", StringComparison.Ordinal):
                    i = text.IndexOf('\n', i) - 1;
                    continue;
                case '\'' when open.Count > 0 && open.Peek().Bracket == '\'':
                    open.Pop();
                    continue;
                case '\'':
                    open.Push(('\'', line));
                    i = SkipString(text, i + 1, line, path) - 1;
                    continue;
                case '(' or '[' or '{':
                    open.Push((c, line));
                    break;
                case ')' or ']' or '}':
                    char expected = c switch { ')' => '(', ']' => '[', _ => '{' };
                    if (open.Count > 0 && open.Peek().Bracket == '$' && c == '}')
                    {
                        // The end of an interpolation: the string goes on.
                        open.Pop();
                        i = SkipString(text, i + 1, line, path) - 1;
                        code.Append(' ');
                        continue;
                    }

                    open.ShouldNotBeEmpty($"{path}, line {line}: {c} closes nothing");
                    open.Pop().Bracket.ShouldBe(expected, $"{path}, line {line}");
                    break;
                case '$' when text[i + 1] == '{' && open.Count > 0 && open.Peek().Bracket == '\'':
                    open.Push(('$', line));
                    i++;
                    code.Append(' ');
                    continue;
                default:
                    break;
            }

            code.Append(c);
        }

        open.Select(one => $"{path}, line {one.Line}: {one.Bracket} is not closed").ShouldBeEmpty();
        return code.ToString();
    }

    /// <summary>The place of the string's end or of its next interpolation.</summary>
    private static int SkipString(string text, int from, int line, string path)
    {
        for (int i = from; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '\n':
                    throw new InvalidOperationException($"{path}, line {line}: the string is not closed");
                case '\'':
                case '$' when text[i + 1] == '{':
                    return i;
                default:
                    break;
            }
        }

        throw new InvalidOperationException($"{path}, line {line}: the string is not closed");
    }

    /// <summary>Names under the module's <c>params</c>, which all files here indent alike.</summary>
    private static string[] ParametersOf(string fromModule)
    {
        string[] lines = fromModule.Split('\n');
        int start = Array.FindIndex(lines, l => l == "  params: {");
        int end = Array.FindIndex(lines, l => l == "}");
        return start < 0 || start > end
            ? []
            : [.. lines[(start + 1)..end].TakeWhile(l => l != "  }").Select(l => PropertyLine().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
    }

    [GeneratedRegex(@"^param (\w+) [^=\n]+?(=.*)?$", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^var (\w+) =", RegexOptions.Multiline)]
    private static partial Regex VariableLine();

    [GeneratedRegex(@"^output (\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^module (\w+) '([^']+)'", RegexOptions.Multiline)]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"^    (\w+):")]
    private static partial Regex PropertyLine();
}

/// <param name="Name">Its name.</param>
/// <param name="HasDefault">Callers may leave it out.</param>
internal sealed record BicepParameter(string Name, bool HasDefault);

/// <param name="Symbol">Its name in the file.</param>
/// <param name="Source">A path, or an address in the module registry with its version.</param>
/// <param name="Given">The parameters it is given.</param>
internal sealed record BicepModule(string Symbol, string Source, IReadOnlyList<string> Given);
