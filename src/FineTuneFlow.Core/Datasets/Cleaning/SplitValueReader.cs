using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Reads the split column: the split itself, a group, or a time.</summary>
internal sealed class SplitValueReader(SplitRecipe recipe)
{
    private readonly Dictionary<string, Split> _splits = SplitNames(recipe);

    public bool TryRead(ReadOnlySpan<byte> cell, out long key)
    {
        cell = cell.Trim(" \t\r\n"u8);
        key = 0;
        if (cell.IsEmpty || cell.Length > 1000)
        {
            return false;
        }

        if (recipe.Method == SplitMethod.Group)
        {
            key = (long)XxHash3.HashToUInt64(cell);
            return true;
        }

        string value = Encoding.UTF8.GetString(cell);
        if (recipe.Method == SplitMethod.Column)
        {
            bool known = _splits.TryGetValue(value, out Split split);
            key = (long)split;
            return known;
        }

        if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            key = time.UtcTicks;
            return true;
        }

        // Seconds or milliseconds since 1970; only their order matters.
        bool number = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds);
        key = number ? (long)Math.Clamp(seconds * 1000, -9e18, 9e18) : 0;
        return number;
    }

    public string Expectation(string column) => recipe.Method switch
    {
        SplitMethod.Column => $"column {column} holds none of {string.Join(", ", _splits.Keys.Take(12))} (dataset.split.values)",
        SplitMethod.Time => $"column {column} holds no date such as 2026-01-31 or 2026-01-31T08:15:00Z",
        _ => $"column {column} is empty",
    };

    private static Dictionary<string, Split> SplitNames(SplitRecipe recipe)
    {
        var names = new Dictionary<string, Split>(StringComparer.OrdinalIgnoreCase);
        if (recipe.Values.Count == 0)
        {
            foreach (string name in new[] { "train", "training" })
            {
                names[name] = Split.Train;
            }

            foreach (string name in new[] { "validation", "valid", "val", "dev" })
            {
                names[name] = Split.Validation;
            }

            foreach (string name in new[] { "test", "testing", "holdout" })
            {
                names[name] = Split.Test;
            }
        }

        foreach (var (value, name) in recipe.Values)
        {
            names[value] = Enum.TryParse(name, ignoreCase: true, out Split split)
                ? split
                : throw new FlowException(new Failure(
                    FailureKind.InvalidInput,
                    $"\"{name}\" is not a split",
                    "Use train, validation or test",
                    Field: $"dataset.split.values.{value}"));
        }

        return names;
    }
}
