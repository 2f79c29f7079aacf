using System.Text.RegularExpressions;

namespace FineTuneFlow.Core.Costs;

/// <summary>The names that one model goes by.</summary>
public static partial class ModelName
{
    /// <summary>The family that prices and dates are listed under: without <c>ft:</c> and what follows the base, without Azure's
    /// <c>.ft-</c> ending and without the snapshot's date (<c>gpt-4.1-mini-2025-04-14</c>, <c>gpt-3.5-turbo-0125</c>).</summary>
    public static string FamilyOf(string model)
    {
        string name = model.StartsWith("ft:", StringComparison.Ordinal) ? model.Split(':')[1] : model;
        int azure = name.IndexOf(".ft-", StringComparison.Ordinal);
        return Snapshot().Replace(azure < 0 ? name : name[..azure], "");
    }

    /// <summary>Whether the name is that of a fine-tuned model.</summary>
    public static bool IsTuned(string model) =>
        model.StartsWith("ft:", StringComparison.Ordinal) || model.Contains(".ft-", StringComparison.Ordinal);

    [GeneratedRegex("-(\\d{4}-\\d{2}-\\d{2}|\\d{4})\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Snapshot();
}
