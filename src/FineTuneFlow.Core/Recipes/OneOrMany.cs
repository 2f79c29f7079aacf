using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A value that a recipe may give alone or as a list: columns to join, or a grid of hyperparameters.
/// Empty means not given.</summary>
[JsonConverter(typeof(OneOrManyConverterFactory))]
public readonly struct OneOrMany<T>(ImmutableArray<T> values) : IReadOnlyList<T>, IEquatable<OneOrMany<T>>
{
    private readonly ImmutableArray<T> _values = values;

    public OneOrMany(params T[] values)
        : this(ImmutableArray.Create(values))
    {
    }

    private ImmutableArray<T> Values => _values.IsDefault ? [] : _values;

    public int Count => Values.Length;

    public T this[int index] => Values[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(OneOrMany<T> other) => Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => obj is OneOrMany<T> other && Equals(other);

    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);

    public static bool operator ==(OneOrMany<T> left, OneOrMany<T> right) => left.Equals(right);

    public static bool operator !=(OneOrMany<T> left, OneOrMany<T> right) => !left.Equals(right);
}

internal sealed class OneOrManyConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(OneOrMany<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<OneOrMany<T>>
    {
        public override OneOrMany<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray
                ? new OneOrMany<T>(JsonSerializer.Deserialize<ImmutableArray<T>>(ref reader, options))
                : new OneOrMany<T>(JsonSerializer.Deserialize<T>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, OneOrMany<T> value, JsonSerializerOptions options)
        {
            if (value.Count == 1)
            {
                JsonSerializer.Serialize(writer, value[0], options);
            }
            else
            {
                JsonSerializer.Serialize(writer, value.AsEnumerable(), options);
            }
        }
    }
}
