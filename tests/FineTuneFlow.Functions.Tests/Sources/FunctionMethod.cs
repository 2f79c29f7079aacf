using FineTuneFlow.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Functions.Tests.Sources;

/// <summary>A method with a [Function] attribute, as the app's sources have it.</summary>
/// <param name="NameArgument">What the attribute says, such as <c>nameof(Steps.PollJob)</c>.</param>
/// <param name="Syntax">The method.</param>
internal sealed record FunctionMethod(ExpressionSyntax NameArgument, MethodDeclarationSyntax Syntax)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<FunctionMethod> All { get; } = [.. Files().SelectMany(Methods)];

    public bool IsNamedByNameof => NameArgument is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } };

    public string Name => NameArgument switch
    {
        InvocationExpressionSyntax call => call.ArgumentList.Arguments[0].ToString().Split('.')[^1],
        _ => NameArgument.ToString().Trim('"'),
    };

    /// <summary>The parameter with the trigger, and the trigger's attribute.</summary>
    public (ParameterSyntax Parameter, AttributeSyntax Attribute) Trigger
    {
        get
        {
            var triggers = Syntax.ParameterList.Parameters
                .SelectMany(p => p.AttributeLists.SelectMany(l => l.Attributes), (p, a) => (p, a))
                .Where(pair => NameOf(pair.a).EndsWith("Trigger", StringComparison.Ordinal))
                .ToArray();
            return triggers.ShouldHaveSingleItem($"{Name} has one trigger");
        }
    }

    public string TriggerKind => NameOf(Trigger.Attribute);

    /// <summary>Positional arguments of the trigger's attribute, as written.</summary>
    public IReadOnlyList<string> Arguments =>
        [.. Trigger.Attribute.ArgumentList?.Arguments.Where(a => a.NameEquals is null).Select(a => a.Expression.ToString()) ?? []];

    /// <summary>A named argument of the trigger's attribute, as written.</summary>
    public string? Argument(string name) =>
        Trigger.Attribute.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == name)?.Expression.ToString();

    /// <summary>The parameter with the attribute; null when there is none.</summary>
    public ParameterSyntax? With(string attribute) => Syntax.ParameterList.Parameters.FirstOrDefault(
        p => p.AttributeLists.SelectMany(l => l.Attributes).Any(a => NameOf(a) == attribute));

    /// <summary>Whether the worker finds and makes it: its generators look at public methods of public classes that can be made.</summary>
    public bool CanBeCalled =>
        Syntax.Modifiers.Any(SyntaxKind.PublicKeyword)
        && Syntax.TypeParameterList is null
        && Syntax.Parent is ClassDeclarationSyntax { Parent: BaseNamespaceDeclarationSyntax } type
        && type.Modifiers.Any(SyntaxKind.PublicKeyword)
        && !type.Modifiers.Any(SyntaxKind.AbstractKeyword);

    /// <summary>The folder of the app's project that it stands in.</summary>
    public string Folder => Path.GetFileName(Path.GetDirectoryName(Syntax.SyntaxTree.FilePath))!;

    public string Body => (Syntax.ExpressionBody?.ToString() ?? Syntax.Body!.ToString()).Replace("\n", " ", StringComparison.Ordinal);

    private static IEnumerable<SyntaxTree> Files() => Directory
        .EnumerateFiles(Repository.PathOf("src", "FineTuneFlow.Functions"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file));

    private static IEnumerable<FunctionMethod> Methods(SyntaxTree file) =>
        from method in file.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        from attribute in method.AttributeLists.SelectMany(l => l.Attributes)
        where NameOf(attribute) == "Function"
        select new FunctionMethod(attribute.ArgumentList!.Arguments[0].Expression, method);

    // However it is written: qualified, or with the ending that C# lets one leave out.
    private static string NameOf(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString().Split('.', ':')[^1];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }
}
