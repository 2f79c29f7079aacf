using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>The members of a file that hold code.</summary>
internal static class MemberFinder
{
    public static IEnumerable<(string Name, MemberKind Kind, SyntaxNode Node, SyntaxNode Code, bool OncePerProcess)> Of(SyntaxNode root)
    {
        foreach (TypeDeclarationSyntax type in root.DescendantNodes().OfType<TypeDeclarationSyntax>().Where(type => type is not InterfaceDeclarationSyntax && type.Parent is not ExtensionBlockDeclarationSyntax))
        {
            foreach (MemberDeclarationSyntax member in type.Members)
            {
                foreach ((string name, MemberKind kind, SyntaxNode node, SyntaxNode code, bool once) in Parts(member))
                {
                    yield return ($"{TypeName(type)}.{name}", kind, node, code, once);
                }
            }
        }
    }

    private static IEnumerable<(string Name, MemberKind Kind, SyntaxNode Node, SyntaxNode Code, bool Once)> Parts(MemberDeclarationSyntax member)
    {
        bool isStatic = member.Modifiers.Any(SyntaxKind.StaticKeyword);
        switch (member)
        {
            case MethodDeclarationSyntax method when ((SyntaxNode?)method.Body ?? method.ExpressionBody) is { } body:
                yield return (method.Identifier.Text, MemberKind.Method, method, body, false);
                break;
            case ConstructorDeclarationSyntax constructor when ((SyntaxNode?)constructor.Body ?? constructor.ExpressionBody) is { } body:
                yield return (isStatic ? "cctor" : "ctor", MemberKind.Constructor, constructor, body, isStatic);
                break;
            case BasePropertyDeclarationSyntax property:
                foreach (var part in PartsOf(property, isStatic))
                {
                    yield return part;
                }

                break;
            case FieldDeclarationSyntax field:
                bool isConstant = field.Modifiers.Any(SyntaxKind.ConstKeyword);
                foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables.Where(variable => variable.Initializer is { Value: not InitializerExpressionSyntax }))
                {
                    if (!isConstant)
                    {
                        yield return (variable.Identifier.Text, MemberKind.Initialiser, field, variable.Initializer!.Value, isStatic);
                    }
                    else if (field.Declaration.Variables.Count == 1)
                    {
                        yield return (variable.Identifier.Text, MemberKind.Constant, field, variable.Initializer!.Value, false);
                    }
                }

                break;
        }
    }

    private static IEnumerable<(string Name, MemberKind Kind, SyntaxNode Node, SyntaxNode Code, bool Once)> PartsOf(BasePropertyDeclarationSyntax property, bool isStatic)
    {
        string name = property is PropertyDeclarationSyntax named ? named.Identifier.Text : "this[]";
        ArrowExpressionClauseSyntax? arrow = property switch
        {
            PropertyDeclarationSyntax plain => plain.ExpressionBody,
            IndexerDeclarationSyntax indexer => indexer.ExpressionBody,
            _ => null,
        };
        if (arrow is not null)
        {
            yield return (name, MemberKind.Accessor, property, arrow, false);
        }

        foreach (AccessorDeclarationSyntax accessor in property.AccessorList?.Accessors.Where(accessor => accessor.Keyword.Text is "get" or "set") ?? [])
        {
            if (((SyntaxNode?)accessor.Body ?? accessor.ExpressionBody) is { } body && !body.DescendantNodes().Any(node => node is FieldExpressionSyntax))
            {
                yield return ($"{name}.{accessor.Keyword.Text}", MemberKind.Accessor, accessor, body, false);
            }
        }

        if (property is PropertyDeclarationSyntax { Initializer.Value: { } value } && value is not InitializerExpressionSyntax)
        {
            yield return (name, MemberKind.Initialiser, property, value, isStatic);
        }
    }

    private static string TypeName(TypeDeclarationSyntax type) =>
        type.Parent is TypeDeclarationSyntax outer ? $"{TypeName(outer)}.{type.Identifier.Text}" : type.Identifier.Text;
}
