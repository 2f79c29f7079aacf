using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Reads what services of this format really send: members left out, null, of another type, times as Unix seconds or as
/// ISO text, numbers as "auto". What cannot be read is absent; it never fails the whole answer.</summary>
internal static class TolerantJson
{
    public static JsonElement? Member(this JsonElement value, string name) =>
        value.FindMember(name) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } member ? member : null;

    /// <summary>Numbers as they are written; null where absent, empty or an object.</summary>
    public static string? Text(this JsonElement value, string name) => value.Member(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.AsText() is { Length: > 0 } some ? some : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static double? Number(this JsonElement value, string name) => value.Member(name) is { } member ? member.AsNumber() : null;

    public static double? AsNumber(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out double number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) => number,
        _ => null,
    };

    /// <summary>"auto" is not a number.</summary>
    public static int? Whole(this JsonElement value, string name) =>
        value.Number(name) is { } number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : null;

    public static long? Long(this JsonElement value, string name) =>
        value.Number(name) is { } number && number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : null;

    /// <summary>Unix seconds (OpenAI) or ISO 8601 (some gateways); zero means "not yet".</summary>
    public static DateTimeOffset? Time(this JsonElement value, string name)
    {
        if (value.Number(name) is { } seconds)
        {
            return seconds is > 0 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
        }

        return DateTimeOffset.TryParse(value.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUniversalTime()
            : null;
    }

    /// <summary>Null for text that is none (half of a surrogate pair).</summary>
    public static string? AsText(this JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static IEnumerable<JsonElement> Items(this JsonElement value, string name) =>
        value.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
