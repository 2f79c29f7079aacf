using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Operators exchanged, terms and signs dropped.</summary>
internal static class Arithmetic
{
    public static IEnumerable<Mutation> Of(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case BinaryExpressionSyntax binary when Other(binary.OperatorToken.Kind()) is { } other && IsNumber(binary, model):
                yield return new(binary.OperatorToken.Span, other, "operator");
                yield return new(binary.Span, $"({binary.Left})", "term dropped");
                yield return new(binary.Span, $"({binary.Right})", "term dropped");
                break;
            case AssignmentExpressionSyntax assignment when Turned(assignment.OperatorToken.Kind()) is { } turned && model.GetTypeInfo(assignment.Left).Type?.SpecialType != SpecialType.System_String:
                yield return new(assignment.OperatorToken.Span, turned, "operator");
                break;
            case PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.UnaryMinusExpression) && unary.Operand is not LiteralExpressionSyntax:
                yield return new(unary.OperatorToken.Span, "", "sign dropped");
                break;
            case PrefixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression:
                yield return new(unary.OperatorToken.Span, unary.IsKind(SyntaxKind.PreIncrementExpression) ? "--" : "++", "operator");
                break;
            case PostfixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression && unary.Parent is not ForStatementSyntax:
                yield return new(unary.OperatorToken.Span, unary.IsKind(SyntaxKind.PostIncrementExpression) ? "--" : "++", "operator");
                break;
        }
    }

    private static string? Other(SyntaxKind kind) => kind switch
    {
        SyntaxKind.PlusToken => "-",
        SyntaxKind.MinusToken => "+",
        SyntaxKind.AsteriskToken => "/",
        SyntaxKind.SlashToken => "*",
        SyntaxKind.PercentToken => "*",
        SyntaxKind.AmpersandToken => "|",
        SyntaxKind.BarToken => "&",
        SyntaxKind.CaretToken => "&",
        SyntaxKind.LessThanLessThanToken => ">>",
        SyntaxKind.GreaterThanGreaterThanToken => "<<",
        _ => null,
    };

    private static string? Turned(SyntaxKind kind) => kind switch
    {
        SyntaxKind.PlusEqualsToken => "-=",
        SyntaxKind.MinusEqualsToken => "+=",
        SyntaxKind.AsteriskEqualsToken => "/=",
        SyntaxKind.SlashEqualsToken => "*=",
        SyntaxKind.BarEqualsToken => "&=",
        SyntaxKind.AmpersandEqualsToken => "|=",
        SyntaxKind.CaretEqualsToken => "&=",
        _ => null,
    };

    private static bool IsNumber(BinaryExpressionSyntax binary, SemanticModel model) =>
        model.GetTypeInfo(binary).Type is { } type && type.SpecialType is not (SpecialType.System_String or SpecialType.System_Object)
        && type.TypeKind is not (TypeKind.Delegate or TypeKind.Error);
}
