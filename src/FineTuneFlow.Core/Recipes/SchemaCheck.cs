using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Checks a file against the schema and collects every problem with its place and remedy.</summary>
internal sealed class SchemaCheck(string file)
{
    private readonly List<Failure> _problems = [];

    public static ImmutableArray<Failure> Run(string file, PlacedJson root, SchemaNode schema)
    {
        var check = new SchemaCheck(file);
        check.Value(root, schema);
        return [.. check._problems];
    }

    private void Value(PlacedJson value, SchemaNode schema)
    {
        SchemaNode? branch = schema.AnyOf.Length == 0 ? schema : schema.AnyOf.FirstOrDefault(option => Accepts(option, value));
        if (branch is null || !Accepts(branch, value))
        {
            string remedy = value.Kind == JsonValueKind.Null ? "Leave the property out to get its default." : $"Write {schema.Expected}.";
            Add(value, $"{Name(value)} is {Kind(value)}, but must be {schema.Expected}", remedy);
            return;
        }

        switch (value.Kind)
        {
            case JsonValueKind.Object:
                Object(value, branch);
                break;
            case JsonValueKind.Array:
                Array(value, branch);
                break;
            case JsonValueKind.Number:
                Number(value, branch);
                break;
            case JsonValueKind.String:
                Text(value, branch);
                break;
        }
    }

    private void Object(PlacedJson value, SchemaNode schema)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlacedMember member in value.Members)
        {
            if (!seen.Add(member.Name))
            {
                Add(member.Value, $"{Name(member.Value)} is given twice", "Remove one of the two.", member);
            }
            else if (schema.Properties.TryGetValue(member.Name, out SchemaNode? known))
            {
                Value(member.Value, known);
            }
            else if (schema.AnyProperty is { } any)
            {
                Value(member.Value, any);
            }
            else
            {
                string within = value.Path.Length == 0 ? "a recipe" : value.Path;
                string remedy = NearestName.Of(member.Name, schema.PropertyNames) is { } near
                    ? $"Did you mean \"{near}\"?"
                    : "Known here: " + string.Join(", ", schema.PropertyNames.Where(name => name != "$schema")) + ".";
                Add(member.Value, $"unknown property \"{Short(member.Name)}\" in {within}", remedy, member);
            }
        }

        foreach (string missing in schema.Required.Where(name => !seen.Contains(name)))
        {
            Add(value, $"{Name(value)} has no \"{missing}\"", $"Add \"{missing}\": {schema.Properties[missing].Description}");
        }
    }

    private void Array(PlacedJson value, SchemaNode schema)
    {
        if (schema.MaxItems is { } most && value.Items.Length > most)
        {
            Add(value, $"{Name(value)} has {value.Items.Length} entries", $"At most {most} are allowed.");
        }

        foreach (PlacedJson item in value.Items)
        {
            Value(item, schema.Items!);
        }

        if (schema.UniqueItems)
        {
            foreach (var same in value.Items.GroupBy(item => $"{item.Kind} {Same(item)}").Where(group => group.Count() > 1))
            {
                Add(same.ElementAt(1), $"{Name(value)} lists \"{Short(same.First().Text)}\" more than once", "Remove the repetition.");
            }
        }
    }

    private static string Same(PlacedJson item) => item.Kind == JsonValueKind.Number
        ? double.Parse(item.Text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)
        : item.Text;

    private void Number(PlacedJson value, SchemaNode schema)
    {
        double number = double.Parse(value.Text, CultureInfo.InvariantCulture);
        bool outside = number < schema.Minimum || number > schema.Maximum || number <= schema.ExclusiveMinimum
            || number >= schema.ExclusiveMaximum;
        if (outside)
        {
            Add(value, $"{Name(value)} is {Short(value.Text)}, but must be {schema.Expected}", $"Write a number{schema.Range}.");
        }
    }

    private void Text(PlacedJson value, SchemaNode schema)
    {
        if (schema.Enum.Length > 0 && !schema.Enum.Contains(value.Text))
        {
            string remedy = NearestName.Of(value.Text, schema.Enum) is { } near ? $"Did you mean \"{near}\"?" : $"Write {schema.Expected}.";
            Add(value, $"{Name(value)} is \"{Short(value.Text)}\", but must be {schema.Expected}", remedy);
        }
        else if (value.Text.Length < schema.MinLength)
        {
            Add(value, $"{Name(value)} is empty", "Give it a value or leave it out.");
        }
        else if (value.Text.Length > schema.MaxLength)
        {
            Add(value, $"{Name(value)} has {value.Text.Length:#,0} characters", $"At most {schema.MaxLength:#,0} are allowed.");
        }
        else if (schema.IsName && !SchemaNode.Names(value.Text))
        {
            Add(value, $"{Name(value)} \"{Short(value.Text)}\" cannot be used as a name", schema.Description);
        }
    }

    private static bool Accepts(SchemaNode schema, PlacedJson value) => schema.Types.Any(type => (type, value.Kind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("number", JsonValueKind.Number) => double.IsFinite(double.Parse(value.Text, CultureInfo.InvariantCulture)),
        // 1.0 is an integer to JSON Schema, but not to the records' readers; a whole number is written without a point here.
        ("integer", JsonValueKind.Number) => long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => false,
    });

    private static string Kind(PlacedJson value) => value.Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => Short(value.Text),
        JsonValueKind.Null => "null",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "a text",
    };

    private static string Name(PlacedJson value) => value.Path.Length == 0 ? "the recipe" : value.Path;

    private static string Short(string text) => text.Length <= 40 ? text : text[..39] + "…";

    private void Add(PlacedJson value, string message, string? remedy, PlacedMember? at = null) =>
        _problems.Add(new Failure(
            FailureKind.InvalidInput,
            message,
            remedy,
            new SourceLocation(file, at?.Line ?? value.Line, (at?.Column ?? value.Column).ToString(CultureInfo.InvariantCulture)),
            value.Path.Length == 0 ? null : value.Path));
}
