using System.Reflection;
using System.Runtime.Loader;
using FineTuneFlow.Mutation.Instrumentation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FineTuneFlow.Mutation.Tests;

/// <summary>A source compiled with its mutants and loaded.</summary>
internal sealed class Sample
{
    private readonly Assembly _assembly;

    public Sample(string source)
    {
        const string Folder = "/sample";
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, path: Folder + "/Rules/Sample.cs");
        CSharpCompilation compilation = CSharpCompilation.Create(
            "sample", [tree], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var mutants = new MutantAssembly(compilation, [], Folder, ["Rules"]);
        using var output = new MemoryStream();
        Broken = mutants.Write(output);
        Mutants = mutants.Mutants;
        output.Position = 0;
        _assembly = new AssemblyLoadContext("sample").LoadFromStream(output);
    }

    public static MetadataReference[] References { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path))];

    public IReadOnlyList<Mutant> Mutants { get; }

    /// <summary>How many did not compile.</summary>
    public int Broken { get; }

    /// <summary>What <c>Sample.Run()</c> returns with the mutant switched on; 0 for none.</summary>
    public string Run(int mutant)
    {
        Type type = _assembly.GetType("FineTuneFlowMutants")!;
        type.GetField("Active")!.SetValue(null, mutant);
        try
        {
            return (string)_assembly.GetType("Sample")!.GetMethod("Run")!.Invoke(null, null)!;
        }
        catch (TargetInvocationException exception)
        {
            return exception.InnerException!.GetType().Name;
        }
    }

    /// <summary>Members that a run entered.</summary>
    public string[] Entered()
    {
        Type type = _assembly.GetType("FineTuneFlowMutants")!;
        byte[] hits = (byte[])type.GetField("Hits")!.GetValue(null)!;
        Array.Clear(hits);
        type.GetField("Covering")!.SetValue(null, true);
        Run(0);
        type.GetField("Covering")!.SetValue(null, false);
        return [.. Mutants.Where(mutant => hits[mutant.MemberId] != 0).Select(mutant => mutant.Member).Distinct()];
    }
}
