using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Cuts a holdout into slices: the recipe's slice columns, length of the text, and script.</summary>
internal static class Slicing
{
    public const string TextLength = "text length";
    public const string Script = "script";

    // Each band four times as wide as the one before, the same in every report so that reports can be compared.
    private static readonly (int To, string Name)[] Bands =
    [
        (20, "1 to 20 characters"), (80, "21 to 80"), (320, "81 to 320"), (1280, "321 to 1,280"), (int.MaxValue, "above 1,280"),
    ];

    public static ImmutableArray<Slice> Of(HoldoutTable table, ScoringOptions options)
    {
        DatasetRow[] rows = table.Rows;
        var slices = ImmutableArray.CreateBuilder<Slice>();
        string[] columns = [.. rows.Where(row => row.Slices is not null).SelectMany(row => row.Slices!.Keys)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (string column in columns)
        {
            slices.AddRange(Group(rows, column, row => row.Slices?.GetValueOrDefault(column) ?? "")
                .OrderByDescending(slice => slice.Places.Length).ThenBy(slice => slice.Value, StringComparer.Ordinal)
                .Take(options.SliceValues));
        }

        string[] order = [.. Bands.Select(band => band.Name)];
        slices.AddRange(Group(rows, TextLength, row => Band(row.Text.Length)).OrderBy(slice => Array.IndexOf(order, slice.Value)));
        slices.AddRange(Group(rows, Script, row => WritingSystem.Of(row.Text))
            .OrderByDescending(slice => slice.Places.Length).ThenBy(slice => slice.Value, StringComparer.Ordinal)
            .Take(options.SliceValues));
        return slices.ToImmutable();
    }

    public static string Band(int characters) => Bands.First(band => characters <= band.To).Name;

    private static IEnumerable<Slice> Group(DatasetRow[] rows, string column, Func<DatasetRow, string> value)
    {
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int place = 0; place < rows.Length; place++)
        {
            string key = value(rows[place]);
            if (!places.TryGetValue(key, out List<int>? list))
            {
                places.Add(key, list = []);
            }

            list.Add(place);
        }

        return places.Select(entry => new Slice(column, entry.Key, [.. entry.Value]));
    }
}
