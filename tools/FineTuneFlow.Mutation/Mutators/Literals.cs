using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Numbers moved by one, booleans flipped.</summary>
internal static class Literals
{
    public static IEnumerable<Mutation> Of(SyntaxNode node)
    {
        if (node is not LiteralExpressionSyntax literal)
        {
            yield break;
        }

        switch (literal.Token.Value)
        {
            case bool flag:
                yield return new(literal.Span, flag ? "false" : "true", "boolean");
                break;
            case int or long or uint or ulong:
                string text = literal.Token.Text;
                yield return new(literal.Span, $"({text} + 1)", "number");
                if (text != "0")
                {
                    yield return new(literal.Span, $"({text} - 1)", "number");
                }

                break;
            case double or decimal or float:
                // A small constant moved by one would be noticed by anything: a tenth of it.
                yield return new(literal.Span, $"({literal.Token.Text} * {(literal.Token.Value is decimal ? "1.1m" : literal.Token.Value is float ? "1.1f" : "1.1")})", "number");
                break;
        }
    }
}
