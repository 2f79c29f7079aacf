using System.Reflection;
using System.Runtime.Loader;
using Xunit;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace FineTuneFlow.Mutation.Agent;

/// <summary>The test cases of one assembly, in this process.</summary>
internal sealed class LoadedTests
{
    private readonly Assembly _assembly;
    private readonly ITestFramework _framework;
    private readonly Dictionary<string, ITestCase> _cases = [];

    public LoadedTests(string path)
    {
        _assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        TestContext.SetForInitialization(null, diagnosticMessages: false, internalDiagnosticMessages: false);
        _framework = RegisteredEngineConfig.GetTestFramework(_assembly, null);
    }

    public async Task FindAsync(string[] classes)
    {
        ITestFrameworkDiscoveryOptions options = TestFrameworkOptions.ForDiscovery(new TestAssemblyConfiguration { PreEnumerateTheories = true });
        await _framework.GetDiscoverer(_assembly).Find(
            found =>
            {
                _cases[found.UniqueID] = found;
                return ValueTask.FromResult(true);
            },
            options,
            classes.Length == 0 ? null : [.. _assembly.GetTypes().Where(type => classes.Any(start => type.FullName!.StartsWith(start, StringComparison.Ordinal)))],
            CancellationToken.None);
    }

    /// <summary>Id, class and name of each.</summary>
    public IEnumerable<string> Lines() => _cases.Values.Select(test => $"{test.UniqueID}\t{test.TestClassName}\t{Flat(test.TestCaseDisplayName)}");

    /// <summary>Runs them one after another up to the first failure.</summary>
    public async Task<(string? Failure, double Milliseconds, bool Ran)> RunAsync(IReadOnlyCollection<string> ids)
    {
        ITestFrameworkExecutionOptions options = TestFrameworkOptions.ForExecution(new TestAssemblyConfiguration
        {
            StopOnFail = true,
            MaxParallelThreads = 1,
            ParallelMode = ParallelMode.None,
            SynchronousMessageReporting = true,
        });
        var sink = new FailureSink();
        // Processor time: what a run takes on the clock depends on what else the machine does.
        TimeSpan start = Environment.CpuUsage.TotalTime;
        // A case that the mutants' own run has to skip or cannot find again is a mistake of the harness: the look-up throws.
        ITestCase[] chosen = [.. ids.Select(id => _cases[id])];
        await _framework.GetExecutor(_assembly).RunTestCases(chosen, sink, options, CancellationToken.None);
        return (sink.Failure, (Environment.CpuUsage.TotalTime - start).TotalMilliseconds, sink.Ran > 0);
    }

    private static string Flat(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private sealed class FailureSink : IMessageSink
    {
        private readonly Dictionary<string, string> _names = [];

        public string? Failure { get; private set; }

        public int Ran { get; private set; }

        public bool OnMessage(IMessageSinkMessage message)
        {
            lock (_names)
            {
                switch (message)
                {
                    case ITestStarting starting:
                        _names[starting.TestUniqueID] = Flat(starting.TestDisplayName);
                        break;
                    case ITestFailed failed:
                        Failure ??= _names.GetValueOrDefault(failed.TestUniqueID, "?");
                        Ran++;
                        break;
                    case ITestPassed:
                        Ran++;
                        break;
                    case IErrorMessage error:
                        // A fixture that cannot be made: the tests of its class fail with it.
                        Failure ??= "fixture: " + Flat(string.Join(' ', error.Messages));
                        break;
                }
            }

            return Failure is null;
        }
    }
}
