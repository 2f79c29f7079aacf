namespace FineTuneFlow.Core.Recipes;

/// <summary>A rule that is broken, before its place in the file is known.</summary>
internal sealed record RecipeProblem(string Path, string Message, string Remedy);
