using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Api.Wire;

/// <summary>A model's name in OpenAI's wire format: a project, or <c>project@version</c> with a number, champion, previous or challenger.</summary>
internal sealed record WireModel(string Project, string? Version)
{
    /// <exception cref="FlowException">NotFound: the name cannot be one of ours.</exception>
    public static WireModel Parse(string? name)
    {
        string[] parts = (name ?? "").Split('@');
        return parts.Length <= 2 && ProjectName.IsValid(parts[0]) && (parts.Length == 1 || ServingRecipe.IsVersion(parts[1]))
            ? new WireModel(parts[0], parts.Length == 2 ? parts[1] : null)
            : throw new FlowException(new Failure(
                FailureKind.NotFound, $"The model \"{name}\" does not exist", "Name a project, or project@version; GET /api/v1/models lists them", Field: "model"));
    }
}
