using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>The safetensors format (github.com/huggingface/safetensors): the length of a JSON header in eight bytes, the header with
/// each tensor's type, shape and place, then the numbers, little-endian.</summary>
public static class Safetensors
{
    private const int LongestHeader = 100_000_000;

    /// <summary>Reads all tensors of numbers with a fraction; others, such as stored positions, are left out.</summary>
    /// <exception cref="FlowException">InvalidInput: not of the format, or cut off.</exception>
    public static Dictionary<string, WeightTensor> Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        string name = Path.GetFileName(file);
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8 || BinaryPrimitives.ReadUInt64LittleEndian(length) is var header && (header > LongestHeader || (long)header > stream.Length - 8))
        {
            throw Wrong(name, "does not begin with a header");
        }

        byte[] json = new byte[BinaryPrimitives.ReadUInt64LittleEndian(length)];
        stream.ReadExactly(json);
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (Entry entry in Entries(json, name).OrderBy(entry => entry.Begin))
        {
            long start = 8 + json.Length + entry.Begin;
            if (entry.End < entry.Begin || 8 + json.Length + entry.End > stream.Length)
            {
                throw Wrong(name, $"is cut off inside {entry.Name}");
            }

            if (entry.Type is not ("F32" or "F16" or "BF16"))
            {
                continue;
            }

            int count = WeightTensor.Count(entry.Shape);
            if (entry.End - entry.Begin != (long)count * (entry.Type == "F32" ? 4 : 2))
            {
                throw Wrong(name, $"gives {entry.Name} another size than its shape");
            }

            stream.Position = start;
            tensors[entry.Name] = new WeightTensor(entry.Shape, Numbers(stream, entry.Type, count));
        }

        return tensors;
    }

    /// <summary>Writes the tensors in single precision, ordered by name, beside the file's final name first.</summary>
    public static void Write(string file, IEnumerable<KeyValuePair<string, WeightTensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        KeyValuePair<string, WeightTensor>[] ordered = [.. tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal)];
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, WeightTensor tensor) in ordered)
            {
                WriteEntry(json, name, tensor, ref offset);
            }

            json.WriteEndObject();
        }

        // The numbers begin at a multiple of eight bytes, as the format's own library writes it.
        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)((8 - (header.Length % 8)) % 8))));
        using (var stream = new FileStream(file + ".part", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            header.WriteTo(stream);
            foreach ((_, WeightTensor tensor) in ordered)
            {
                stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".part", file, overwrite: true);
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, WeightTensor tensor, ref long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", "F32");
        json.WriteStartArray("shape");
        foreach (int dimension in tensor.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        offset += tensor.Values.Length * 4L;
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static List<Entry> Entries(byte[] json, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var entries = new List<Entry>();
            foreach (JsonProperty tensor in document.RootElement.EnumerateObject())
            {
                if (tensor.Name != "__metadata__")
                {
                    JsonElement offsets = tensor.Value.GetProperty("data_offsets");
                    int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())];
                    entries.Add(new Entry(tensor.Name, tensor.Value.GetProperty("dtype").GetString()!, shape, offsets[0].GetInt64(), offsets[1].GetInt64()));
                }
            }

            return entries;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw Wrong(name, "has a header that cannot be read", error);
        }
    }

    private static float[] Numbers(FileStream stream, string type, int count)
    {
        float[] values = new float[count];
        if (type == "F32")
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        ushort[] halves = new ushort[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(halves.AsSpan()));
        for (int i = 0; i < count; i++)
        {
            values[i] = type == "F16" ? (float)BitConverter.UInt16BitsToHalf(halves[i]) : BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        }

        return values;
    }

    private static FlowException Wrong(string file, string what, Exception? error = null) =>
        new(FailureKind.InvalidInput, $"The weights file {file} {what}", "Fetch the checkpoint again", error);

    private sealed record Entry(string Name, string Type, int[] Shape, long Begin, long End);
}
