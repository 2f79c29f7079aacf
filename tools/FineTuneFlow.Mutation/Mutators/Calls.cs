using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>Functions exchanged for their opposite, and steps of a chain left out.</summary>
internal static class Calls
{
    private static readonly Dictionary<string, string> Opposites = new(StringComparer.Ordinal)
    {
        ["Min"] = "Max",
        ["Max"] = "Min",
        ["MinBy"] = "MaxBy",
        ["MaxBy"] = "MinBy",
        ["First"] = "Last",
        ["Last"] = "First",
        ["FirstOrDefault"] = "LastOrDefault",
        ["LastOrDefault"] = "FirstOrDefault",
        ["Any"] = "All",
        ["All"] = "Any",
        ["OrderBy"] = "OrderByDescending",
        ["OrderByDescending"] = "OrderBy",
        ["ThenBy"] = "ThenByDescending",
        ["ThenByDescending"] = "ThenBy",
        ["Skip"] = "Take",
        ["Take"] = "Skip",
        ["Floor"] = "Ceiling",
        ["Ceiling"] = "Floor",
        ["StartsWith"] = "EndsWith",
        ["EndsWith"] = "StartsWith",
        ["IndexOf"] = "LastIndexOf",
        ["LastIndexOf"] = "IndexOf",
        ["Union"] = "Intersect",
        ["Intersect"] = "Union",
        ["Except"] = "Intersect",
        ["TrimStart"] = "TrimEnd",
        ["TrimEnd"] = "TrimStart",
    };

    public static IEnumerable<Mutation> Of(SyntaxNode node, SemanticModel model)
    {
        if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call)
        {
            yield break;
        }

        if (Opposites.TryGetValue(access.Name.Identifier.Text, out string? opposite))
        {
            yield return new(access.Name.Identifier.Span, opposite, "call exchanged");
        }

        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ReturnsVoid: false } method || call.Parent is ExpressionStatementSyntax)
        {
            yield break;
        }

        bool isOfType = model.GetSymbolInfo(access.Expression).Symbol is ITypeSymbol or INamespaceSymbol;
        if (!isOfType && model.GetTypeInfo(access.Expression).Type is { } receiver && IsLeftOut(receiver, method))
        {
            yield return new(call.Span, access.Expression.ToString(), "call left out");
        }

        if (isOfType && access.Expression.ToString() == "Math")
        {
            foreach (ArgumentSyntax argument in call.ArgumentList.Arguments.Take(2))
            {
                yield return new(call.Span, $"({argument.Expression})", "call left out");
            }
        }
    }

    /// <summary>Where, OrderBy, Trim and their like: what they return can stand for what they were given.</summary>
    private static bool IsLeftOut(ITypeSymbol receiver, IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(receiver, method.ReturnType)
        || method is { ContainingType.Name: "Enumerable", Name: "Where" or "OrderBy" or "OrderByDescending" or "Distinct" or "DistinctBy" or "Skip" or "Take" or "TakeWhile" or "SkipWhile" or "Except" or "Concat" or "Append" or "Prepend" or "Reverse" or "Order" };
}
