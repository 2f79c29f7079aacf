using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>Writes the mutants of a file into its text. Each mutant of a method is a copy of the method, so that a variable which a
/// pattern or an out argument declares keeps its scope, and the machine code of mutants that are never run is never made.</summary>
internal static class FileInstrumentation
{
    /// <summary>Marks the copy that nothing was changed in.</summary>
    public const int Original = 0;

    public static string Of(SyntaxNode root, IEnumerable<(Member Member, IReadOnlyList<Mutant> Mutants)> members)
    {
        string text = root.ToFullString();
        var edits = new SourceEdits(text);
        foreach (IGrouping<SyntaxNode, (Member Member, IReadOnlyList<Mutant> Mutants)> property in members.Where(entry => entry.Mutants.Count > 0).GroupBy(entry => Owner(entry.Member)))
        {
            var copies = new StringBuilder();
            foreach ((Member member, IReadOnlyList<Mutant> mutants) in property)
            {
                switch (member.Kind)
                {
                    case MemberKind.Method:
                        edits.Replace(property.Key.Span, OfMethod(text, member, (MethodDeclarationSyntax)member.Node, mutants));
                        break;
                    case MemberKind.Accessor:
                        copies.Append(OfAccessor(text, edits, member, mutants));
                        break;
                    case MemberKind.Constructor:
                        edits.Replace(TextSpan.FromBounds(member.Code.SpanStart, member.Node.Span.End), OfConstructor(text, member, mutants));
                        break;
                    case MemberKind.Initialiser:
                        edits.Replace(member.Code.Span, Chosen(text, member, mutants));
                        break;
                    case MemberKind.Constant:
                        edits.Replace(property.Key.Span, OfConstant(text, member, mutants));
                        break;
                }
            }

            if (copies.Length > 0)
            {
                edits.Replace(new TextSpan(property.Key.Span.End, 0), copies.ToString());
            }
        }

        return edits.Within(root.FullSpan);
    }

    /// <summary>The mutant whose code an error is in; <see cref="Original"/> where it is in a part that all of a member share; null
    /// where it is in none.</summary>
    public static (int Member, int Mutant)? At(SyntaxNode node)
    {
        foreach (SyntaxNode outer in node.AncestorsAndSelf())
        {
            if (outer is MethodDeclarationSyntax method && method.Identifier.Text.LastIndexOf("__m", StringComparison.Ordinal) is > 0 and int mark)
            {
                string[] ids = method.Identifier.Text[(mark + 3)..].Split('_');
                return (int.Parse(ids[0], CultureInfo.InvariantCulture), int.Parse(ids[1], CultureInfo.InvariantCulture));
            }

            if (outer is SwitchSectionSyntax { Parent: SwitchStatementSyntax { Expression: InvocationExpressionSyntax entered } } section && IsCall(entered, "Enter"))
            {
                return (Number(entered, 0), section.Labels[0] is CaseSwitchLabelSyntax label ? int.Parse(label.Value.ToString(), CultureInfo.InvariantCulture) : Original);
            }

            if (outer is ConditionalExpressionSyntax { Condition: InvocationExpressionSyntax asked } choice && IsCall(asked, "Is"))
            {
                return (Number(asked, 1), choice.WhenTrue.Span.Contains(node.Span) ? Number(asked, 0) : Original);
            }

            if (outer is MemberDeclarationSyntax && outer.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(call => IsCall(call, "Enter") || IsCall(call, "Is")) is { } shared
                && outer is not BaseTypeDeclarationSyntax)
            {
                return (Number(shared, IsCall(shared, "Is") ? 1 : 0), Original);
            }
        }

        return null;
    }

    private static SyntaxNode Owner(Member member) => member.Node is AccessorDeclarationSyntax ? member.Node.Parent!.Parent! : member.Node;

    private static string OfMethod(string text, Member member, MethodDeclarationSyntax method, IReadOnlyList<Mutant> mutants)
    {
        int start = method.AttributeLists.Count == 0 ? method.SpanStart : method.AttributeLists[^1].Span.End;
        var result = new StringBuilder();
        var header = new SourceEdits(text);
        foreach (SyntaxToken token in method.Modifiers.Where(token => token.IsKind(SyntaxKind.AsyncKeyword)))
        {
            header.Replace(token.Span, "");
        }

        string generics = method.TypeParameterList is { } types ? $"<{string.Join(", ", types.Parameters.Select(type => type.Identifier.Text))}>" : "";
        bool isVoid = method.ReturnType is PredefinedTypeSyntax { Keyword.Text: "void" };
        string call = $"{generics}({string.Join(", ", method.ParameterList.Parameters.Select(Passed))})";
        result.Append(header.Within(TextSpan.FromBounds(method.SpanStart, member.Code.SpanStart)))
            .Append(Dispatcher(member, mutants, method.Identifier.Text, call, isVoid, method.ReturnType is RefTypeSyntax));
        foreach (Mutant? mutant in mutants.Prepend(null))
        {
            SourceEdits copy = new SourceEdits(text).Replace(method.Identifier.Span, CopyName(method.Identifier.Text, member, mutant));
            foreach (SyntaxToken token in method.Modifiers.Where(token => token.Kind() is not (SyntaxKind.StaticKeyword or SyntaxKind.AsyncKeyword or SyntaxKind.UnsafeKeyword or SyntaxKind.ReadOnlyKeyword)))
            {
                copy.Replace(token.Span, "");
            }

            if (method.ExplicitInterfaceSpecifier is { } explicitly)
            {
                copy.Replace(explicitly.Span, "");
            }

            result.Append("\nprivate ").Append(Mutated(copy, mutant).Within(TextSpan.FromBounds(start, method.Span.End)));
        }

        return result.ToString();
    }

    private static string OfAccessor(string text, SourceEdits edits, Member member, IReadOnlyList<Mutant> mutants)
    {
        var property = (BasePropertyDeclarationSyntax)Owner(member);
        bool isGet = member.Node is not AccessorDeclarationSyntax { Keyword.Text: "set" };
        string name = property is PropertyDeclarationSyntax named ? named.Identifier.Text : "Item";
        string type = property.Type.ToString();
        BracketedParameterListSyntax? list = (property as IndexerDeclarationSyntax)?.ParameterList;
        List<string> parameters = [.. list?.Parameters.Select(parameter => parameter.ToString()) ?? []];
        List<string> passed = [.. list?.Parameters.Select(Passed) ?? []];
        if (!isGet)
        {
            parameters.Add($"{type} value");
            passed.Add("value");
        }

        string dispatcher = Dispatcher(member, mutants, name, $"({string.Join(", ", passed)})", !isGet, property.Type is RefTypeSyntax);
        if (member.Node is AccessorDeclarationSyntax accessor)
        {
            edits.Replace(TextSpan.FromBounds(member.Code.SpanStart, accessor.Span.End), dispatcher);
        }
        else
        {
            edits.Replace(TextSpan.FromBounds(member.Code.SpanStart, property.Span.End), $"{{ get {dispatcher} }}");
        }

        string kept = string.Join(' ', property.Modifiers.Where(token => token.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.UnsafeKeyword or SyntaxKind.ReadOnlyKeyword));
        string end = member.Code is ArrowExpressionClauseSyntax ? ";" : "";
        var copies = new StringBuilder();
        foreach (Mutant? mutant in mutants.Prepend(null))
        {
            copies.Append($"\nprivate {kept} {(isGet ? type : "void")} {CopyName(name, member, mutant)}({string.Join(", ", parameters)}) ")
                .Append(Mutated(new SourceEdits(text), mutant).Within(member.Code.Span)).Append(end);
        }

        return copies.ToString();
    }

    private static string OfConstructor(string text, Member member, IReadOnlyList<Mutant> mutants)
    {
        var result = new StringBuilder($"{{ switch ({SwitchSource.Type}.Enter({member.Id})) {{ ");
        foreach (Mutant? mutant in mutants.Append(null))
        {
            string code = Mutated(new SourceEdits(text), mutant).Within(member.Code.Span);
            result.Append(mutant is null ? "default: " : $"case {mutant.Id}: ")
                .Append(member.Code is ArrowExpressionClauseSyntax ? $"{{ {code[2..]}; }}" : code).Append(" break; ");
        }

        return result.Append("} }").ToString();
    }

    private static string OfConstant(string text, Member member, IReadOnlyList<Mutant> mutants)
    {
        var field = (FieldDeclarationSyntax)member.Node;
        string modifiers = string.Join(' ', field.Modifiers.Where(token => !token.IsKind(SyntaxKind.ConstKeyword)).Append(SyntaxFactory.Token(SyntaxKind.StaticKeyword)));
        return $"{modifiers} {field.Declaration.Type} {field.Declaration.Variables[0].Identifier.Text} => {Chosen(text, member, mutants)};";
    }

    private static string Chosen(string text, Member member, IReadOnlyList<Mutant> mutants) =>
        $"({string.Concat(mutants.Select(mutant => $"{SwitchSource.Type}.Is({mutant.Id}, {member.Id}) ? ({Mutated(new SourceEdits(text), mutant).Within(member.Code.Span)}) : "))}{text[member.Code.SpanStart..member.Code.Span.End]})";

    private static string Dispatcher(Member member, IReadOnlyList<Mutant> mutants, string name, string call, bool isVoid, bool isRef)
    {
        string Case(string label, Mutant? mutant) => isVoid
            ? $"{label}: {CopyName(name, member, mutant)}{call}; return; "
            : $"{label}: return {(isRef ? "ref " : "")}{CopyName(name, member, mutant)}{call}; ";
        return $"{{ switch ({SwitchSource.Type}.Enter({member.Id})) {{ {string.Concat(mutants.Select(mutant => Case($"case {mutant.Id}", mutant)))}{Case("default", null)}}} }}";
    }

    private static SourceEdits Mutated(SourceEdits edits, Mutant? mutant) =>
        mutant is null ? edits : edits.Replace(mutant.Mutation.Span, mutant.Mutation.Replacement);

    private static string CopyName(string name, Member member, Mutant? mutant) => $"{name}__m{member.Id}_{mutant?.Id ?? Original}";

    private static string Passed(ParameterSyntax parameter)
    {
        string kind = parameter.Modifiers.Any(SyntaxKind.OutKeyword) ? "out "
            : parameter.Modifiers.Any(SyntaxKind.InKeyword) || parameter.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) ? "in "
            : parameter.Modifiers.Any(SyntaxKind.RefKeyword) ? "ref " : "";
        return kind + parameter.Identifier.Text;
    }

    private static bool IsCall(InvocationExpressionSyntax call, string method) => call.Expression.ToString() == $"{SwitchSource.Type}.{method}";

    private static int Number(InvocationExpressionSyntax call, int argument) => int.Parse(call.ArgumentList.Arguments[argument].ToString(), CultureInfo.InvariantCulture);
}
