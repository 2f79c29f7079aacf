using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Conditions removed, negated, and joined otherwise.</summary>
internal static class Conditions
{
    public static IEnumerable<Mutation> Of(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.LogicalAndExpression) || binary.IsKind(SyntaxKind.LogicalOrExpression):
                yield return new(binary.OperatorToken.Span, binary.IsKind(SyntaxKind.LogicalAndExpression) ? "||" : "&&", "and/or");
                yield return new(binary.Span, $"({binary.Left})", "condition dropped");
                yield return new(binary.Span, $"({binary.Right})", "condition dropped");
                break;
            case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression):
                yield return new(binary.Span, $"({binary.Left})", "fallback dropped");
                yield return new(binary.Span, $"({binary.Right})", "fallback taken");
                break;
            case IfStatementSyntax choice:
                yield return new(choice.Condition.Span, "true", "condition removed");
                yield return new(choice.Condition.Span, "false", "condition removed");
                break;
            case WhileStatementSyntax loop when !loop.Condition.IsKind(SyntaxKind.TrueLiteralExpression):
                yield return new(loop.Condition.Span, "false", "condition removed");
                break;
            case ConditionalExpressionSyntax choice:
                yield return new(choice.Span, $"({choice.WhenTrue})", "condition removed");
                yield return new(choice.Span, $"({choice.WhenFalse})", "condition removed");
                break;
            case PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.LogicalNotExpression):
                yield return new(unary.Span, $"({unary.Operand})", "negation dropped");
                break;
            case IsPatternExpressionSyntax test when test.Parent is not IfStatementSyntax:
                yield return new(test.Span, $"!({test})", "negated");
                break;
            case WhenClauseSyntax clause:
                yield return new(clause.Span, "", "condition removed");
                break;
            case LambdaExpressionSyntax { ExpressionBody: { } body } lambda when lambda.Parent is ArgumentSyntax && IsPredicate(body):
                yield return new(body.Span, $"!({body})", "negated");
                break;
        }
    }

    private static bool IsPredicate(ExpressionSyntax body) => body is MemberAccessExpressionSyntax or InvocationExpressionSyntax;
}
