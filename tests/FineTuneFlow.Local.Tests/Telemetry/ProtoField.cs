namespace FineTuneFlow.Local.Tests.Telemetry;

/// <summary>A field of a protobuf message, https://protobuf.dev/programming-guides/encoding: enough to read OTLP.</summary>
/// <param name="Number">As in the .proto file.</param>
/// <param name="Bytes">Of a text, bytes or message; empty for numbers.</param>
internal readonly record struct ProtoField(int Number, ReadOnlyMemory<byte> Bytes)
{
    public static Dictionary<int, ProtoField[]> ByNumber(ReadOnlyMemory<byte> message) =>
        Read(message).GroupBy(field => field.Number).ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>The fields at the end of a way through nested messages.</summary>
    public static IEnumerable<ProtoField> Path(ReadOnlyMemory<byte> message, params int[] numbers) =>
        Read(message).Where(field => field.Number == numbers[0]).SelectMany(field => numbers.Length == 1 ? [field] : Path(field.Bytes, numbers[1..]));

    private static List<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtoField>();
        int at = 0;
        while (at < message.Length)
        {
            int tag = (int)Varint(message, ref at);
            int length = (tag & 7) switch
            {
                0 => -1,
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                var kind => throw new InvalidDataException($"there is no wire type {kind}"),
            };
            if (length < 0)
            {
                Varint(message, ref at);
                length = 0;
            }

            fields.Add(new ProtoField(tag >> 3, message.Slice(at, length)));
            at += length;
        }

        return fields;
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
