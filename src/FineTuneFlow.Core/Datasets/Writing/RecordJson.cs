using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Writes a record as <see cref="FlowJson.Indented"/> does, byte for byte. The serializer itself compiles some seven
/// hundred methods before its first byte, which takes longer than preparing a small data set; two files a run do not earn that.</summary>
internal static class RecordJson
{
    public static byte[] Write(object record)
    {
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(bytes, options))
        {
            WriteValue(json, record);
        }

        return bytes.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case Enum name:
                json.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(name.ToString()));
                break;
            case OneOrMany<string> { Count: 1 } one:
                json.WriteStringValue(one[0]);
                break;
            case IReadOnlyDictionary<string, double> numbers:
                WriteNumbers(json, numbers);
                break;
            case IDictionary map:
                WriteMap(json, map);
                break;
            case IEnumerable list:
                WriteList(json, list);
                break;
            default:
                WriteRecord(json, value);
                break;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, IReadOnlyDictionary<string, double> numbers)
    {
        json.WriteStartObject();
        foreach ((string name, double number) in numbers)
        {
            json.WriteNumber(name, number);
        }

        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName((string)entry.Key);
            WriteValue(json, entry.Value!);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IEnumerable list)
    {
        json.WriteStartArray();
        foreach (object? item in list)
        {
            WriteValue(json, item!);
        }

        json.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, object record)
    {
        json.WriteStartObject();
        foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.IsDefined(typeof(JsonIgnoreAttribute)) || property.GetValue(record) is not { } value)
            {
                continue;
            }

            json.WritePropertyName(property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }
}
