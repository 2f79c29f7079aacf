using System.Text;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>From a label's cell to the label; each thread has its own.</summary>
internal sealed class LabelReader
{
    private const int LongestLabel = 200;

    private readonly LabelsRecipe _recipe;
    private readonly Dictionary<string, string> _mapped = [];
    private readonly Dictionary<string, string> _ordered = [];
    private readonly HashSet<string> _missing = [];

    public LabelReader(LabelsRecipe recipe)
    {
        _recipe = recipe;
        foreach ((string cell, string label) in recipe.Map)
        {
            _mapped.TryAdd(Key(cell), label);
        }

        foreach (string label in recipe.Order)
        {
            _ordered.TryAdd(Key(label), label);
        }

        foreach (string name in recipe.Missing)
        {
            if (!_mapped.ContainsKey(Key(name)) && !_ordered.ContainsKey(Key(name)))
            {
                _missing.Add(name);
            }
        }
    }

    public RowOutcome Read(ReadOnlySpan<byte> cell, out string label, out string detail)
    {
        detail = "";
        label = cell.Length > LongestLabel * 4 ? new string('?', LongestLabel + 1) : Tidy(Encoding.UTF8.GetString(cell));
        if (Map(ref label))
        {
            return Known(ref label, out detail);
        }

        if (LabelList.TryRead(label, _recipe.Several, out string[] names))
        {
            if (names.Length > 1 && _recipe.Several is SeveralLabels.Refuse or SeveralLabels.Reject)
            {
                detail = $"{names.Length} labels: {string.Join(", ", names.Take(8))}";
                return RowOutcome.SeveralLabels;
            }

            label = names.Length == 0 ? "" : _recipe.Several == SeveralLabels.Combine ? string.Join("; ", names) : names[0];
            Map(ref label);
        }

        if (label.Length == 0)
        {
            detail = "no label";
            return RowOutcome.EmptyLabel;
        }

        if (_missing.Contains(label) || _missing.Contains(label.ToLowerInvariant()))
        {
            detail = $"\"{label}\" stands for a missing label";
            return RowOutcome.EmptyLabel;
        }

        return Known(ref label, out detail);
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

    private string Key(string label) => _recipe.Merge ? LabelIdentity.Of(Tidy(label)) : label;

    private bool Map(ref string label)
    {
        if (_mapped.Count == 0 || !_mapped.TryGetValue(Key(label), out string? other))
        {
            return false;
        }

        label = other;
        return true;
    }

    private RowOutcome Known(ref string label, out string detail)
    {
        detail = "";
        if (label.Length > LongestLabel)
        {
            detail = $"longer than {LongestLabel} characters: a text, not a label";
            return RowOutcome.UnknownLabel;
        }

        if (_ordered.Count == 0)
        {
            return RowOutcome.Used;
        }

        if (!_ordered.TryGetValue(Key(label), out string? name))
        {
            detail = $"label \"{label}\" is not one of {string.Join(", ", _recipe.Order.Take(12))}";
            return RowOutcome.UnknownLabel;
        }

        label = name;
        return RowOutcome.Used;
    }
}
