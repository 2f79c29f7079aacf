using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Core.Recipes;

/// <summary>The caller-supplied identity of a run: the same drop and recipe is the same run, whichever trigger brought it.</summary>
public static class RunId
{
    /// <summary>Whether a run repeats another: then its number follows an underscore, which no project's name has.</summary>
    public static bool IsRerun(string runId) => runId.Contains('_', StringComparison.Ordinal);

    /// <summary><c>{project}-{10 hexadecimal digits}</c>.</summary>
    /// <param name="project">A valid project name.</param>
    /// <param name="contentSha256">Of the drop's bytes, hexadecimal.</param>
    /// <param name="recipeHash">From <see cref="RecipeHash.Of"/>.</param>
    /// <exception cref="Failures.FlowException">InvalidInput: the project's name.</exception>
    public static string From(string project, string contentSha256, string recipeHash)
    {
        ProjectName.Check(project);
        byte[] identity = Encoding.UTF8.GetBytes($"{project}\n{contentSha256.ToLowerInvariant()}\n{recipeHash}");
        return $"{project}-{Convert.ToHexStringLower(SHA256.HashData(identity))[..10]}";
    }
}
