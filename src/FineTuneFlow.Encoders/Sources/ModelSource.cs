using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Where a checkpoint named in a recipe comes from.</summary>
/// <param name="Kind">A folder, one of the packages with weights, or the hub.</param>
/// <param name="Name">The folder's path, the package's model, or the hub's name.</param>
/// <param name="Revision">Of the hub: a branch, a tag or a commit; "main" where nothing is said.</param>
public sealed record ModelSource(ModelSourceKind Kind, string Name, string Revision = "main")
{
    /// <summary>Reads a name: a path (<c>/models/x</c>, <c>./x</c>), a packaged model (<c>all-MiniLM-L6-v2</c>,
    /// <c>snowflake-arctic-embed-xs</c>, also with its owner), or a hub's name with an optional <c>@revision</c>.</summary>
    /// <exception cref="FlowException">InvalidInput: none of these.</exception>
    public static ModelSource Parse(string name)
    {
        if (EncoderName.IsFolder(name))
        {
            return new ModelSource(ModelSourceKind.Folder, name);
        }

        if (WeightPackage.Find(name) is { } package)
        {
            return new ModelSource(ModelSourceKind.Package, package.Model);
        }

        return EncoderName.AtHub(name) is var (model, revision)
            ? new ModelSource(ModelSourceKind.Hub, model, revision)
            : throw new FlowException(
                FailureKind.InvalidInput,
                $"\"{name}\" does not name a model",
                $"Write a name of the hub such as distilbert-base-cased or owner/name@revision, one of the packaged models ({string.Join(", ", WeightPackage.All.Select(known => known.Model))}), or a folder's path");
    }
}

public enum ModelSourceKind { Folder, Package, Hub }
