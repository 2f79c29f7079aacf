using System.Text.RegularExpressions;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Names of projects, which stand in addresses, blob names and run ids.</summary>
public static partial class ProjectName
{
    /// <summary>1 to 40 lower-case letters, digits and dashes, beginning and ending with a letter or digit.</summary>
    public static bool IsValid(string? name) => name is not null && Form().IsMatch(name);

    /// <summary>The name, if it can be used.</summary>
    /// <param name="name">As given.</param>
    /// <param name="field">The request's field or option, for the message.</param>
    /// <exception cref="FlowException">InvalidInput.</exception>
    public static string Check(string? name, string field = "project") => IsValid(name)
        ? name!
        : throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            string.IsNullOrEmpty(name) ? "there is no project name" : $"\"{(name.Length <= 60 ? name : name[..59] + "…")}\" cannot be a project name",
            "Use 1 to 40 lower-case letters, digits and dashes, beginning and ending with a letter or digit, such as \"app-reviews\".",
            Field: field));

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
