using FineTuneFlow.Mutation.Mutators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>One assembly with all mutants of the folders in scope.</summary>
internal sealed class MutantAssembly
{
    private readonly CSharpCompilation _compilation;
    private readonly IReadOnlyList<ResourceDescription> _resources;
    private readonly string _root;
    private readonly List<(SyntaxTree Tree, List<Member> Members)> _files = [];
    private readonly Dictionary<int, Member> _members = [];
    private readonly Dictionary<int, List<Mutant>> _mutants = [];

    /// <param name="compilation">The project as it is.</param>
    /// <param name="resources">What it carries.</param>
    /// <param name="projectFolder">Files are named from there.</param>
    /// <param name="folders">Which of them are mutated, as in <see cref="Scope"/>.</param>
    public MutantAssembly(CSharpCompilation compilation, IReadOnlyList<ResourceDescription> resources, string projectFolder, IReadOnlyList<string> folders)
    {
        _compilation = compilation;
        _resources = resources;
        _root = projectFolder;
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => IsInScope(tree.FilePath, folders)))
        {
            Add(tree, compilation.GetSemanticModel(tree));
        }
    }

    public int Members => _members.Count;

    /// <summary>Those that compile, once <see cref="Write"/> has run.</summary>
    public IReadOnlyList<Mutant> Mutants => [.. _mutants.Values.SelectMany(list => list).OrderBy(mutant => mutant.Id)];

    /// <returns>How many mutants do not compile.</returns>
    public int Write(Stream output)
    {
        int all = Mutants.Count;
        while (true)
        {
            CSharpCompilation compilation = _compilation.AddSyntaxTrees(Parse(SwitchSource.Of(_members.Count + 1), "FineTuneFlowMutants.cs"));
            var trees = new List<SyntaxTree>();
            foreach ((SyntaxTree tree, List<Member> members) in _files)
            {
                string text = FileInstrumentation.Of(tree.GetRoot(), members.Select(member => (member, (IReadOnlyList<Mutant>)_mutants[member.Id])));
                SyntaxTree instrumented = Parse(text, tree.FilePath);
                compilation = compilation.ReplaceSyntaxTree(tree, instrumented);
                trees.Add(instrumented);
            }

            // Most errors are in the files with mutants: the others are compiled once, at the end.
            IReadOnlyList<Diagnostic> errors = [.. trees.AsParallel().SelectMany(tree => compilation.GetSemanticModel(tree).GetDiagnostics()).Where(found => found.Severity == DiagnosticSeverity.Error)];
            errors = errors.Count > 0 ? errors : Emit(compilation, output);
            if (errors.Count == 0)
            {
                return all - Mutants.Count;
            }

            Reject(errors);
        }
    }

    private SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(
        SourceText.From(text, System.Text.Encoding.UTF8), (CSharpParseOptions)_compilation.SyntaxTrees[0].Options, path);

    private IReadOnlyList<Diagnostic> Emit(CSharpCompilation compilation, Stream output)
    {
        output.SetLength(0);
        return [.. compilation.Emit(output, manifestResources: _resources).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)];
    }

    private void Reject(IReadOnlyList<Diagnostic> errors)
    {
        int before = Mutants.Count;
        foreach (Diagnostic error in errors.Where(error => error.Location.IsInSource))
        {
            SyntaxNode node = error.Location.SourceTree!.GetRoot().FindNode(error.Location.SourceSpan);
            if (FileInstrumentation.At(node) is { } place && place.Mutant != FileInstrumentation.Original)
            {
                _mutants[place.Member].RemoveAll(mutant => mutant.Id == place.Mutant);
                continue;
            }

            // A constant that is no longer one where one is needed, perhaps in another file; or else a member that cannot be copied.
            string[] names = [.. node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.Text)];
            Member[] constants = [.. _members.Values.Where(member => member.Kind == MemberKind.Constant && _mutants[member.Id].Count > 0 && names.Contains(member.Name.Split('.')[^1]))];
            foreach (Member constant in constants)
            {
                _mutants[constant.Id].Clear();
            }

            if (constants.Length == 0 && FileInstrumentation.At(node) is { } shared)
            {
                _mutants[shared.Member].Clear();
            }
        }

        if (Mutants.Count == before)
        {
            throw new InvalidOperationException("The assembly with the mutants does not compile, and no mutant is to blame:\n" + string.Join('\n', errors.Take(5)));
        }
    }

    private void Add(SyntaxTree tree, SemanticModel model)
    {
        var members = new List<Member>();
        string file = Path.GetRelativePath(_root, tree.FilePath).Replace('\\', '/');
        foreach ((string name, MemberKind kind, SyntaxNode node, SyntaxNode code, bool once) in MemberFinder.Of(tree.GetRoot()))
        {
            var member = new Member(_members.Count + 1, file, name, kind, node, code, once);
            _members.Add(member.Id, member);
            members.Add(member);
            _mutants[member.Id] = [.. MutantsOf(member, model)];
        }

        _files.Add((tree, members));
    }

    private IEnumerable<Mutant> MutantsOf(Member member, SemanticModel model)
    {
        var seen = new Dictionary<string, int>();
        foreach (Mutation mutation in MutationFinder.Of(member.Code, model).Distinct())
        {
            string before = Short(member.Node.SyntaxTree.GetText().ToString(Around(member, mutation)));
            string after = Short(mutation.Replacement);
            string like = $"{mutation.Kind} {before} {after}";
            seen[like] = seen.TryGetValue(like, out int count) ? count + 1 : 0;
            yield return new(
                ++_lastId, member.Id, member.File, member.Node.SyntaxTree.GetLineSpan(mutation.Span).StartLinePosition.Line + 1, member.Name, before, after, seen[like], member.OncePerProcess, mutation);
        }
    }

    private int _lastId;

    /// <summary>An operator alone says little: shown with what stands around it.</summary>
    private static TextSpan Around(Member member, Mutation mutation) => mutation.Span.Length > 3
        ? mutation.Span
        : member.Code.FindNode(mutation.Span, getInnermostNodeForTie: true) is var node && node.Span.Length > 3 ? node.Span : node.Parent!.Span;

    private static string Short(string text)
    {
        string flat = string.Join(' ', text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)).Replace('|', '¦');
        return flat.Length <= 90 ? flat : flat[..60] + "…" + flat[^28..];
    }

    private bool IsInScope(string path, IReadOnlyList<string> folders)
    {
        string relative = Path.GetRelativePath(_root, path).Replace('\\', '/');
        return !relative.StartsWith("obj/", StringComparison.Ordinal) && !relative.StartsWith("..", StringComparison.Ordinal)
            && folders.Any(folder => relative == folder || relative.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal) || folder.EndsWith('*') && relative.StartsWith(folder.TrimEnd('*'), StringComparison.Ordinal));
    }
}
