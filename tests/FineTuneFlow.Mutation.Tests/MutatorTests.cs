using FineTuneFlow.Mutation.Mutators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FineTuneFlow.Mutation.Tests;

/// <summary>Which changes are planted in a piece of code.</summary>
public sealed class MutatorTests
{
    [Theory]
    [InlineData("a < b", "a <= b", "a > b")]
    [InlineData("a <= b", "a < b", "a >= b")]
    [InlineData("a == b", "a != b")]
    [InlineData("a is > 3", "a is >= 3", "a is < 3", "a is > (3 + 1)", "a is > (3 - 1)", "!(a is > 3)")]
    [InlineData("a + b", "a - b", "(a)", "(b)")]
    [InlineData("a * b", "a / b", "(a)", "(b)")]
    [InlineData("p && q", "p || q", "(p)", "(q)")]
    [InlineData("p || !q", "p && !q", "(p)", "(!q)", "p || (q)")]
    [InlineData("-a", "a")]
    [InlineData("a + 1", "a - 1", "(a)", "(1)", "a + (1 + 1)", "a + (1 - 1)")]
    [InlineData("p == true", "p != true", "p == false")]
    [InlineData("p ? a : b", "(a)", "(b)")]
    [InlineData("n ?? b", "(n)", "(b)")]
    [InlineData("x * 0.5", "x / 0.5", "(x)", "(0.5)", "x * (0.5 * 1.1)")]
    [InlineData("Math.Max(a, b)", "Math.Min(a, b)", "(a)", "(b)")]
    [InlineData("list.First()", "list.Last()")]
    [InlineData("list.Where(i => i == a)", "list", "list.Where(i => i != a)")]
    [InlineData("list.OrderBy(i => i)", "list.OrderByDescending(i => i)", "list")]
    [InlineData("s.Trim()", "s")]
    [InlineData("point with { X = a, Y = b }", "point with { Y = b }", "point with { X = a }")]
    [InlineData("new Point { X = a, Y = b }", "new Point { Y = b }", "new Point { X = a }")]
    [InlineData("Write(s, ifMatch: s)", "Write(s)")]
    [InlineData("Nullable(s)", "Nullable(null)")]
    [InlineData("s + s")]
    [InlineData("nameof(a)")]
    public void An_expression_is_changed_one_thing_at_a_time(string expression, params string[] changed) =>
        Changes($"object M() => {expression};", "=> ", ";").ShouldBe(changed, ignoreOrder: true);

    [Theory]
    [InlineData("if (p) { Write(s); }", "if (true) { Write(s); }", "if (false) { Write(s); }", "if (p) { ; }")]
    [InlineData("while (p) { break; }", "while (false) { break; }", "while (p) { ; }")]
    [InlineData("a++;", "a--;", ";")]
    [InlineData("a += b;", "a -= b;", ";")]
    [InlineData("if (p) { return; }", "if (true) { return; }", "if (false) { return; }", "if (p) { ; }")]
    [InlineData("throw new InvalidOperationException(\"a\" + 1);", ";")]
    public void A_statement_is_changed_or_removed(string statement, params string[] changed) =>
        Changes($"void M() {{ {statement} }}", "{ ", " }").ShouldBe(changed, ignoreOrder: true);

    [Fact]
    public void The_condition_of_a_case_is_removed() =>
        Changes("object M() => a switch { 1 when p => s, _ => s };", "=> ", ";").ShouldContain("a switch { 1  => s, _ => s }");

    private static string[] Changes(string member, string from, string to)
    {
        string source = $$"""
            using System; using System.Linq; using System.Collections.Generic;
            record Point { public int X { get; init; } public int Y { get; init; } }
            class C {
                int a, b; double x; int? n; bool p, q; string s = ""; List<int> list = []; Point point = new();
                static string Write(string text, string ifMatch = "") => text;
                static string Nullable(string? text) => "";
            #nullable enable
                {{member}}
            }
            """;
        SyntaxTree tree = CSharpSyntaxTree.ParseText("#nullable enable\n" + source, cancellationToken: TestContext.Current.CancellationToken);
        CSharpCompilation compilation = CSharpCompilation.Create("sample", [tree], Sample.References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(found => found.Severity == DiagnosticSeverity.Error).ShouldBeEmpty();
        MethodDeclarationSyntax method = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<MethodDeclarationSyntax>().Single(one => one.Identifier.Text == "M");
        string text = tree.ToString();
        string whole = method.ToString();
        int start = method.SpanStart + whole.IndexOf(from, StringComparison.Ordinal) + from.Length;
        int end = method.SpanStart + whole.LastIndexOf(to, StringComparison.Ordinal);
        return [.. MutationFinder.Of((SyntaxNode?)method.Body ?? method.ExpressionBody!, compilation.GetSemanticModel(tree))
            .Select(mutation => text[start..mutation.Span.Start] + mutation.Replacement + text[mutation.Span.End..end])];
    }
}
