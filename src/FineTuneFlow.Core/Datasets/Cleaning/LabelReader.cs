using System.Text;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>From a label's cell to the label.</summary>
internal sealed class LabelReader(LabelsRecipe recipe)
{
    private const int LongestLabel = 200;

    public RowOutcome Read(ReadOnlySpan<byte> cell, out string label, out string detail)
    {
        detail = "";
        label = cell.Length > LongestLabel * 4 ? new string('?', LongestLabel + 1) : Tidy(Encoding.UTF8.GetString(cell));
        if (recipe.Map.TryGetValue(label, out string? mapped))
        {
            label = mapped;
        }

        if (label.Length == 0)
        {
            detail = "no label";
            return RowOutcome.EmptyLabel;
        }

        if (label.Length > LongestLabel)
        {
            detail = $"longer than {LongestLabel} characters: not a label";
            return RowOutcome.UnknownLabel;
        }

        if (recipe.Order.Length > 0 && !recipe.Order.Contains(label))
        {
            detail = $"label \"{label}\" is not one of {string.Join(", ", recipe.Order.Take(12))}";
            return RowOutcome.UnknownLabel;
        }

        return RowOutcome.Used;
    }

    /// <summary>White space collapsed, invisible and control characters removed, NFC.</summary>
    public static string Tidy(string cell)
    {
        var tidy = new StringBuilder(cell.Length);
        bool space = false;
        bool mayChange = false;
        foreach (Rune rune in cell.EnumerateRunes())
        {
            bool isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace || Rune.IsControl(rune) || (rune.Value >= 0x80 && CharacterClasses.Of(rune) == CharacterClass.Drop))
            {
                space |= isSpace;
                continue;
            }

            if (space && tidy.Length > 0)
            {
                tidy.Append(' ');
            }

            space = false;
            mayChange |= rune.Value >= 0x300 && Composition.MayChange(rune.Value);
            tidy.Append(rune.ToString());
        }

        string text = tidy.ToString();
        return mayChange ? Encoding.UTF8.GetString(Composition.ToNfc(Encoding.UTF8.GetBytes(text))) : text;
    }
}
