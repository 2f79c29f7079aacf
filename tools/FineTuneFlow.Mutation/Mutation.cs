using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation;

/// <summary>One small change of a source text.</summary>
/// <param name="Span">Of the file.</param>
/// <param name="Kind">What a person would call it: "comparison", "term dropped".</param>
internal sealed record Mutation(TextSpan Span, string Replacement, string Kind);
