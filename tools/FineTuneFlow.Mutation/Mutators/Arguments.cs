using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Mutators;

/// <summary>What a call may do without, such as the version that a write is conditional on.</summary>
internal static class Arguments
{
    public static IEnumerable<Mutation> Of(SyntaxNode node, SemanticModel model)
    {
        if (node is not ArgumentListSyntax list || list.Parent is null
            || model.GetSymbolInfo(list.Parent).Symbol is not IMethodSymbol method)
        {
            yield break;
        }

        for (int i = 0; i < list.Arguments.Count; i++)
        {
            ArgumentSyntax argument = list.Arguments[i];
            IParameterSymbol? parameter = argument.NameColon is { } name
                ? method.Parameters.FirstOrDefault(parameter => parameter.Name == name.Name.Identifier.Text)
                : i < method.Parameters.Length ? method.Parameters[i] : null;
            if (parameter is null || parameter.IsParams || argument.Expression.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression
                || parameter.Type.Name == nameof(CancellationToken))
            {
                continue;
            }

            if (parameter.IsOptional && parameter.HasExplicitDefaultValue && (argument.NameColon is not null || i == list.Arguments.Count - 1))
            {
                yield return new(list.Span, "(" + string.Join(", ", list.Arguments.Where(other => other != argument)) + ")", "argument dropped");
            }
            else if (parameter.Type.IsReferenceType ? parameter.NullableAnnotation == NullableAnnotation.Annotated : parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            {
                yield return new(argument.Expression.Span, "null", "argument dropped");
            }
        }
    }
}
