using System.Text.Json;
using System.Text.RegularExpressions;

namespace FineTuneFlow.Core.Json;

/// <summary>What the reader of JSON says is wrong, for a message that names the place itself, in words that do not need our source.</summary>
public static partial class JsonFault
{
    /// <summary>The exception's sentence without path, line, full stop and types of ours; its lines are counted from 0.</summary>
    public static string SentenceOf(JsonException fault)
    {
        string said = fault.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.');
        if (MissingProperties().Match(said) is { Success: true } missing)
        {
            string[] names = [.. QuotedNames().Matches(missing.Groups[1].Value).Select(name => name.Groups[1].Value)];
            return $"{string.Join(", ", names)} {(names.Length == 1 ? "is" : "are")} missing";
        }

        return said switch
        {
            _ when IsRepeatedProperty(fault) => $"the property {QuotedNames().Match(said).Groups[1].Value} stands there twice",
            _ when IsUnknownProperty(fault) => $"the property {QuotedNames().Match(said).Groups[1].Value} is not known here",
            _ when said.Contains("null value", StringComparison.Ordinal) => "null cannot stand here",
            _ when said.Contains("could not be converted", StringComparison.Ordinal) => "the value is of another kind than what belongs here",
            // Whatever else the serializer says of types is about our source, and not about the text.
            _ when Types().IsMatch(said) => "it is not what belongs here",
            _ => said,
        };
    }

    /// <summary>The text has a property that the type does not.</summary>
    public static bool IsUnknownProperty(JsonException fault) => fault.Message.Contains("could not be mapped", StringComparison.Ordinal);

    /// <summary>An object of the text has two properties of one name.</summary>
    public static bool IsRepeatedProperty(JsonException fault) => fault.Message.Contains("Duplicate property", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("missing required properties including: (.*)$")]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedNames();

    [GeneratedRegex(@"\b(System|FineTuneFlow|Microsoft)\.[A-Z]|\.NET")]
    private static partial Regex Types();
}
