using System.Diagnostics;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>How the build compiles a project: asked of MSBuild, which runs everything but the compiler. Resources are
/// among the arguments only where they were prepared before.</summary>
internal sealed class CompilerCall
{
    private readonly CSharpCommandLineArguments _arguments;

    private CompilerCall(CSharpCommandLineArguments arguments) => _arguments = arguments;

    public static async Task<CompilerCall> OfAsync(string project)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])
            ["msbuild", project, "-nologo", "-t:PrepareResources;Compile", "-p:Configuration=Release", "-p:BuildProjectReferences=false",
            "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=none", "-getItem:CscCommandLineArgs"])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"MSBuild does not say how {project} is compiled: {output}");
        }

        using var answer = JsonDocument.Parse(output);
        string[] arguments = [.. answer.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
        return new(CSharpCommandLineParser.Default.Parse(arguments, Path.GetDirectoryName(Path.GetFullPath(project))!, null));
    }

    public string AssemblyName => Path.GetFileNameWithoutExtension(_arguments.OutputFileName!);

    /// <summary>The project as it is, with what the source generators add to it.</summary>
    public CSharpCompilation Compilation()
    {
        SyntaxTree[] trees = [.. _arguments.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(
            SourceText.From(File.ReadAllText(file.Path), System.Text.Encoding.UTF8), _arguments.ParseOptions, file.Path))];
        CSharpCompilation compilation = CSharpCompilation.Create(
            AssemblyName,
            trees,
            _arguments.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            // Copies bring warnings of no interest with them, and a mutant may run into an overflow as the release would.
            _arguments.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Suppress).WithSpecificDiagnosticOptions([])
                .WithOptimizationLevel(OptimizationLevel.Release).WithConcurrentBuild(true));
        ISourceGenerator[] generators = [.. _arguments.AnalyzerReferences
            .Select(reference => new AnalyzerFileReference(reference.FilePath, new Loader()))
            .Where(reference => !reference.FullPath.Contains("CodeAnalysis", StringComparison.Ordinal))
            .SelectMany(reference => reference.GetGenerators(LanguageNames.CSharp))];
        CSharpGeneratorDriver.Create(generators, parseOptions: _arguments.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _);
        return (CSharpCompilation)generated;
    }

    public IReadOnlyList<ResourceDescription> Resources => [.. _arguments.ManifestResources];

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) => System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
