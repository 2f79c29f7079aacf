using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Statements, members of an initialiser and <c>with</c>'s changes removed.</summary>
internal static class Statements
{
    public static IEnumerable<Mutation> Of(SyntaxNode node)
    {
        switch (node)
        {
            case ExpressionStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or YieldStatementSyntax
                when node.Parent is BlockSyntax or IfStatementSyntax:
                yield return new(node.Span, ";", "statement removed");
                break;
            case ReturnStatementSyntax { Expression: null }:
                yield return new(node.Span, ";", "statement removed");
                break;
            case InitializerExpressionSyntax { Parent: WithExpressionSyntax } changes:
                foreach (ExpressionSyntax change in changes.Expressions)
                {
                    yield return new(changes.Span, Without(changes, change), "with dropped");
                }

                break;
            case InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax } members when members.Expressions.Any(entry => entry is AssignmentExpressionSyntax):
                foreach (ExpressionSyntax member in members.Expressions)
                {
                    yield return new(members.Span, Without(members, member), "member dropped");
                }

                break;
        }
    }

    private static string Without(InitializerExpressionSyntax list, ExpressionSyntax left) =>
        "{ " + string.Join(", ", list.Expressions.Where(entry => entry != left)) + " }";
}
