using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>The row id that a text has in every drop.</summary>
public static class TextId
{
    [ThreadStatic]
    private static TextIdentity? _identity;

    /// <summary>16 hexadecimal digits. As a drop's own cleaning may change a text before (entities, length), a text that was put in
    /// another way may have another id.</summary>
    public static string Of(string text) => TextIdentity.IdOf(
        (_identity ??= new TextIdentity()).Hash(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").Trim())));
}
