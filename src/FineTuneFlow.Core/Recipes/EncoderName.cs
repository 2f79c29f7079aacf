using System.Text.RegularExpressions;

namespace FineTuneFlow.Core.Recipes;

/// <summary>How a recipe names the encoder to fine-tune: a folder's path, or a name of the hub with an optional <c>@revision</c>; the packaged
/// models have names of the hub.</summary>
public static partial class EncoderName
{
    /// <summary>Whole (<c>/models/x</c>), or beginning at the folder where the trainer is started (<c>./x</c>, <c>../x</c>).</summary>
    public static bool IsFolder(string name) =>
        Path.IsPathRooted(name) || name.StartsWith("./", StringComparison.Ordinal) || name.StartsWith("../", StringComparison.Ordinal);

    /// <summary>Name and revision at the hub, "main" where none is given; null: not a name of the hub.</summary>
    public static (string Name, string Revision)? AtHub(string name)
    {
        Match match = HubName().Match(name);
        return match.Success && !name.Contains("..", StringComparison.Ordinal)
            ? (match.Groups["name"].Value, match.Groups["revision"] is { Success: true } revision ? revision.Value : "main")
            : null;
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?)(@(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]{0,95}))?\z")]
    private static partial Regex HubName();
}
