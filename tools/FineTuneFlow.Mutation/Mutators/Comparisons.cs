using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Comparisons turned and moved by one.</summary>
internal static class Comparisons
{
    public static IEnumerable<Mutation> Of(SyntaxNode node) => node switch
    {
        BinaryExpressionSyntax comparison => Others(comparison.OperatorToken.Kind())
            .Select(other => new Mutation(comparison.OperatorToken.Span, other, "comparison")),
        RelationalPatternSyntax pattern => Others(pattern.OperatorToken.Kind())
            .Select(other => new Mutation(pattern.OperatorToken.Span, other, "comparison")),
        BinaryPatternSyntax pattern =>
        [
            new(pattern.Span, pattern.Left.ToString(), "condition dropped"),
            new(pattern.Span, pattern.Right.ToString(), "condition dropped"),
        ],
        _ => [],
    };

    private static string[] Others(SyntaxKind kind) => kind switch
    {
        SyntaxKind.LessThanToken => ["<=", ">"],
        SyntaxKind.LessThanEqualsToken => ["<", ">="],
        SyntaxKind.GreaterThanToken => [">=", "<"],
        SyntaxKind.GreaterThanEqualsToken => [">", "<="],
        SyntaxKind.EqualsEqualsToken => ["!="],
        SyntaxKind.ExclamationEqualsToken => ["=="],
        _ => [],
    };
}
