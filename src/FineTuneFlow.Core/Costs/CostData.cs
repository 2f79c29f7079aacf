using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>Reads the dated data files of this folder, and files that override them.</summary>
internal static class CostData
{
    private static readonly JsonSerializerOptions Options = MakeOptions();

    public static PlacedJson Embedded(string name)
    {
        using Stream stream = typeof(CostData).Assembly.GetManifestResourceStream(name)!;
        byte[] json = new byte[stream.Length];
        stream.ReadExactly(json);
        return PlacedJsonParser.Parse(json);
    }

    /// <exception cref="FlowException">InvalidInput with line and column.</exception>
    public static T Read<T>(string fileName, ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("The file holds null.");
        }
        catch (JsonException wrong)
        {
            string? column = wrong.BytePositionInLine is { } at ? (at + 1).ToString(CultureInfo.InvariantCulture) : null;
            throw new FlowException(
                new Failure(
                    FailureKind.InvalidInput,
                    JsonFault.SentenceOf(wrong),
                    "Compare the file with the built-in one that docs/costs.md shows.",
                    new SourceLocation(fileName, wrong.LineNumber + 1, column),
                    wrong.Path),
                wrong);
        }
    }

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(FlowJson.Indented)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
