using System.Collections.Immutable;
using System.Reflection;
using FineTuneFlow.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

/// <summary>The build refuses orchestrations that would ask for other steps when they run again: the analyzer that the build uses,
/// with the build's own list and settings, over planted code.</summary>
public class BannedCallsTests
{
    private const string Rule = "RS0030";
    private static readonly string Root = Repository.Root;

    [Theory]
    [InlineData("_ = DateTime.UtcNow;")]
    [InlineData("_ = DateTimeOffset.Now;")]
    [InlineData("_ = TimeProvider.System.GetUtcNow();")]
    [InlineData("_ = System.Diagnostics.Stopwatch.GetTimestamp();")]
    [InlineData("_ = Guid.NewGuid();")]
    [InlineData("_ = new Random(7).Next();")]
    [InlineData("_ = Random.Shared.Next();")]
    [InlineData("_ = HashCode.Combine(1, 2);")]
    [InlineData("_ = \"text\".GetHashCode();")]
    [InlineData("await Task.Run(() => { });")]
    [InlineData("await Task.Run(() => 1);")]
    [InlineData("await Task.Run(async () => await context.DelayUntil(context.UtcNow));")]
    [InlineData("await Task.Delay(1);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("await Task.Yield();")]
    [InlineData("context.DelayUntil(context.UtcNow).Wait();")]
    [InlineData("await context.DelayUntil(context.UtcNow).ConfigureAwait(false);")]
    [InlineData("await context.WaitForEvent(Name).ConfigureAwait(false);")]
    [InlineData("await context.WaitForEvent(Name).WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("using var late = new CancellationTokenSource(TimeSpan.FromSeconds(1));")]
    [InlineData("new Thread(() => { }).Start();")]
    [InlineData("_ = await File.ReadAllTextAsync(\"recipe.json\");")]
    [InlineData("_ = await new System.Net.Http.HttpClient().GetAsync(\"http://localhost\");")]
    [InlineData("_ = Environment.MachineName;")]
    [InlineData("Console.WriteLine();")]
    [InlineData("await ((FineTuneFlow.Workflow.Ports.IBlobStore)null!).DeleteAsync(null!);")]
    public async Task A_call_that_differs_from_turn_to_turn_is_an_error(string statement) =>
        (await Findings(statement)).ShouldContain(Rule);

    [Theory]
    [InlineData("await context.DelayUntil(context.UtcNow.AddHours(1));")]
    [InlineData("_ = context.NewGuid();")]
    [InlineData("await Task.WhenAny(context.WaitForEvent(Name), context.DelayUntil(context.UtcNow));")]
    [InlineData("using var late = new CancellationTokenSource(); late.Cancel();")]
    public async Task What_the_context_gives_is_allowed(string statement) => (await Findings(statement)).ShouldBeEmpty();

    [Theory]
    [InlineData("src/FineTuneFlow.Workflow/Orchestrations/FineTuneRun.cs", ReportDiagnostic.Error)]
    [InlineData("src/FineTuneFlow.Workflow/Orchestrations/Some/Folder/Below.cs", ReportDiagnostic.Error)]
    [InlineData("src/FineTuneFlow.Durable/WaitExtensions.cs", ReportDiagnostic.Error)]
    [InlineData("src/FineTuneFlow.Workflow/Activities/SubmitJob.cs", ReportDiagnostic.Suppress)]
    [InlineData("src/FineTuneFlow.Durable/WorkflowCatalog.cs", ReportDiagnostic.Suppress)]
    public void The_rule_holds_for_orchestrations_alone(string file, ReportDiagnostic expected)
    {
        string path = Path.Combine(Root, file);
        string settings = Path.Combine(Root, string.Join('/', file.Split('/').Take(2)), ".editorconfig");
        AnalyzerConfigSet set = AnalyzerConfigSet.Create(new List<AnalyzerConfig> { AnalyzerConfig.Parse(File.ReadAllText(settings), settings) });

        set.GetOptionsForSourcePath(path).TreeOptions[Rule].ShouldBe(expected);
    }

    private static async Task<string[]> Findings(string statement)
    {
        string source = $$"""
            using System; using System.IO; using System.Threading; using System.Threading.Tasks; using FineTuneFlow.Durable;
            public static class Planted
            {
                private static readonly EventName<string> Name = new("Go");
                public static async Task RunAsync(IOrchestrationContext context)
                {
                    {{statement}}
                    await Task.CompletedTask;
                }
            }
            """;
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Planted",
            [CSharpSyntaxTree.ParseText(source)],
            platform.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ShouldBeEmpty();
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers(
            [Analyzer.Value],
            new AnalyzerOptions([new BannedList(Path.Combine(Root, "src/FineTuneFlow.Durable/BannedSymbols.Orchestrations.txt"))])).GetAllDiagnosticsAsync();
        return [.. found.Where(d => d.Id.StartsWith("RS", StringComparison.Ordinal)).Select(d => d.Id).Distinct()];
    }

    private static readonly Lazy<DiagnosticAnalyzer> Analyzer = new(() =>
    {
        string folder = typeof(BannedCallsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "BannedApiAnalyzers").Value!;
        Assembly analyzers = Assembly.LoadFrom(Path.Combine(folder, "analyzers/dotnet/cs/Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll"));
        return analyzers.GetTypes().Where(t => t.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !t.IsAbstract)
            .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!).Single(a => a.SupportedDiagnostics.Any(d => d.Id == Rule));
    });

    private sealed class BannedList(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(File.ReadAllText(path));
    }
}
