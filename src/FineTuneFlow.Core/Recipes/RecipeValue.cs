using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A checked value of the recipe as the type that a record wants; a member that is left out gives the default.</summary>
internal static class RecipeValue
{
    public static string Text(this PlacedJson parent, string name, string absent) => parent[name]?.Text ?? absent;

    public static string? TextOrNull(this PlacedJson parent, string name) => parent.Given(name)?.Text;

    public static bool Truth(this PlacedJson parent, string name, bool absent) =>
        parent[name] is { } value ? value.Kind == JsonValueKind.True : absent;

    public static int Whole(this PlacedJson parent, string name, int absent) => parent[name] is { } value ? Whole(value) : absent;

    public static int? WholeOrNull(this PlacedJson parent, string name) => parent.Given(name) is { } value ? Whole(value) : null;

    public static double Number(this PlacedJson parent, string name, double absent) => parent[name] is { } value ? Number(value) : absent;

    public static T Choice<T>(this PlacedJson parent, string name, T absent)
        where T : struct, Enum => parent.ChoiceOrNull<T>(name) ?? absent;

    public static T? ChoiceOrNull<T>(this PlacedJson parent, string name)
        where T : struct, Enum => parent.Given(name) is { } value ? Enum.Parse<T>(value.Text, ignoreCase: true) : null;

    public static ImmutableArray<string> Texts(this PlacedJson parent, string name) => parent.List(name, item => item.Text);

    public static ImmutableArray<T> List<T>(this PlacedJson parent, string name, Func<PlacedJson, T> read)
        where T : class
    {
        if (parent[name] is not { } list)
        {
            return [];
        }

        var items = ImmutableArray.CreateBuilder<T>(list.Items.Length);
        foreach (PlacedJson item in list.Items)
        {
            items.Add(read(item));
        }

        return items.MoveToImmutable();
    }

    public static ImmutableSortedDictionary<string, string> Map(this PlacedJson parent, string name)
    {
        var map = ImmutableSortedDictionary<string, string>.Empty;
        foreach (PlacedMember member in parent[name]?.Members ?? [])
        {
            map = map.SetItem(member.Name, member.Value.Text);
        }

        return map;
    }

    public static OneOrMany<T> OneOrMany<T>(this PlacedJson parent, string name, Func<PlacedJson, T> read) => parent[name] switch
    {
        null => default,
        { Kind: JsonValueKind.Array } list => new OneOrMany<T>(ImmutableArray.CreateRange(list.Items.Select(read))),
        { } one => new OneOrMany<T>(read(one)),
    };

    public static int Whole(PlacedJson value) => int.Parse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static double Number(PlacedJson value) => double.Parse(value.Text, CultureInfo.InvariantCulture);

    /// <summary>The member, where it is there and not null.</summary>
    public static PlacedJson? Given(this PlacedJson parent, string name) =>
        parent[name] is { Kind: not JsonValueKind.Null } value ? value : null;
}
