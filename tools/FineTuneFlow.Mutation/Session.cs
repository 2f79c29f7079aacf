using System.Collections.Concurrent;
using System.Globalization;
using FineTuneFlow.Mutation.Instrumentation;
using FineTuneFlow.Mutation.Running;

namespace FineTuneFlow.Mutation;

/// <summary>One scope: the mutants are compiled into one assembly, which stands in for the real one in a copy of the tests' folder.</summary>
internal sealed class Session(Scope scope, string root, SessionOptions options, TextWriter output)
{
    private readonly string _projectFolder = Path.Combine(root, "src", scope.Project);
    private readonly string _testsFolder = Path.Combine(root, "tests", scope.Tests, "bin", "Release", "net10.0");

    // As deep as the real one: tests look for the repository above their folder.
    private readonly string _copy = Path.Combine(root, "tests", scope.Tests, "bin", "Mutants", scope.Name);

    public Baseline Baseline { get; } = new(Path.Combine(root, "tools", "FineTuneFlow.Mutation", "equivalent", scope.Name + ".txt"));

    public async Task ListAsync()
    {
        MutantAssembly assembly = await BuildAsync();
        foreach (Mutant mutant in Chosen(assembly))
        {
            await output.WriteLineAsync($"{mutant.File}:{mutant.Line}: {mutant.Key}");
        }
    }

    public async Task<IReadOnlyList<Result>> RunAsync(bool reportOnly)
    {
        MutantAssembly assembly = await BuildAsync();
        string path = Path.Combine(root, "tests", scope.Tests, "bin", "Mutants", scope.Name + ".results");
        if (options.Afresh)
        {
            File.Delete(path);
        }

        using var file = new ResultFile(path, _projectFolder);
        IReadOnlyList<Mutant> mutants = Chosen(assembly);
        // What a person has found equivalent is not tried again: all tests would have to pass, so that it would cost the most.
        List<Result> results = [.. mutants
            .Select(mutant => file.Known(mutant, all: reportOnly) ?? (options.Confirm || Baseline.Reason(mutant) is null ? null : new Result(mutant, Outcome.Survived, "")))
            .OfType<Result>()];
        if (reportOnly)
        {
            return results;
        }

        HashSet<int> known = [.. results.Select(result => result.Mutant.Id)];
        // Earlier survivors last: whoever stops a session wants to know of the others first.
        var left = new ConcurrentQueue<Mutant>(mutants.Where(mutant => !known.Contains(mutant.Id)).OrderBy(mutant => file.Known(mutant, all: true) is null ? 0 : 1));
        await output.WriteLineAsync($"{scope.Name}: {mutants.Count} mutants, {left.Count} of them to run");
        AgentProcess NewAgent() => new(_copy, scope.Tests, scope.Project, scope.Classes is null ? [] : [.. scope.Classes.Select(start => $"{scope.Tests}.{start}")]);
        Coverage coverage = left.IsEmpty ? new() : await Coverage.OfAsync(NewAgent, scope.IsWanted, output);
        await output.WriteLineAsync($"{coverage.Tests.Count} tests in {coverage.Tests.Sum(test => test.Milliseconds) / 1000:F0} s of a processor, {coverage.Tests.Count(test => test.Milliseconds > options.Slowest)} of them too slow for every mutant");
        foreach (TestCase test in coverage.Tests.OrderByDescending(test => test.Milliseconds).Take(options.ShowTests))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{test.Milliseconds / 1000:F1} s {test.Name}"));
        }

        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Task.Run(async () =>
        {
            using var runner = new MutantRunner(NewAgent, coverage, options.Slowest, options.Confirm);
            while (left.TryDequeue(out Mutant? mutant))
            {
                Result result = await runner.RunAsync(mutant);
                file.Add(result);
                lock (results)
                {
                    results.Add(result);
                }
            }
        })));
        return results;
    }

    private IReadOnlyList<Mutant> Chosen(MutantAssembly assembly) =>
        [.. assembly.Mutants.Where(mutant =>
            (options.Part is null || mutant.File.Contains(options.Part, StringComparison.Ordinal)) && mutant.Draw % (ulong)options.Sample == 0)];

    private async Task<MutantAssembly> BuildAsync()
    {
        if (!File.Exists(Path.Combine(_testsFolder, scope.Tests + ".dll")))
        {
            throw new InvalidOperationException($"Build the tests first: dotnet build tests/{scope.Tests} -c Release");
        }

        Copy(_testsFolder, _copy);
        Copy(Path.Combine(root, "tools", "FineTuneFlow.Mutation.Agent", "bin", "Release", "net10.0"), _copy, "FineTuneFlow.Mutation.Agent.dll");
        CompilerCall call = await CompilerCall.OfAsync(Path.Combine(_projectFolder, scope.Project + ".csproj"));
        var assembly = new MutantAssembly(call.Compilation(), call.Resources, _projectFolder, scope.Folders);
        await using FileStream file = File.Create(Path.Combine(_copy, call.AssemblyName + ".dll"));
        int broken = assembly.Write(file);
        await output.WriteLineAsync($"{scope.Name}: {assembly.Mutants.Count} mutants in {assembly.Members} members; {broken} more do not compile");
        return assembly;
    }

    private static void Copy(string from, string to, string pattern = "*")
    {
        foreach (string file in Directory.EnumerateFiles(from, pattern, SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
