using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>All changes of a piece of code. Changes that do not compile are sorted out later by the compiler.</summary>
internal static class MutationFinder
{
    public static IEnumerable<Mutation> Of(SyntaxNode code, SemanticModel model)
    {
        foreach (SyntaxNode node in code.DescendantNodesAndSelf(node => !IsLeftAlone(node)).Where(node => !IsLeftAlone(node)))
        {
            foreach (Mutation mutation in Comparisons.Of(node)
                .Concat(Arithmetic.Of(node, model))
                .Concat(Conditions.Of(node))
                .Concat(Literals.Of(node))
                .Concat(Statements.Of(node))
                .Concat(Calls.Of(node, model))
                .Concat(Arguments.Of(node, model)))
            {
                yield return mutation;
            }
        }
    }

    /// <summary>Texts of errors, log lines and attributes are not rules.</summary>
    private static bool IsLeftAlone(SyntaxNode node) => node switch
    {
        AttributeListSyntax or ParameterListSyntax or BaseTypeDeclarationSyntax => true,
        ArgumentListSyntax { Parent: ObjectCreationExpressionSyntax created } => created.Type.ToString().EndsWith("Exception", StringComparison.Ordinal),
        InvocationExpressionSyntax call => call.Expression.ToString() is "nameof"
            || call.Expression.ToString().Contains(".Log", StringComparison.Ordinal)
            || call.Expression.ToString().EndsWith("ConfigureAwait", StringComparison.Ordinal),
        InterpolationFormatClauseSyntax => true,
        _ => false,
    };
}
