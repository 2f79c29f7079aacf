namespace FineTuneFlow.Mutation.Running;

/// <summary>Runs mutants one after another in a process of its own: the tests that reach the mutant's member, in growing portions, up
/// to the first that fails.</summary>
/// <param name="slowest">Tests that take more milliseconds are left out.</param>
/// <param name="confirm">Survivors are tried once more in a new process each, by all tests.</param>
internal sealed class MutantRunner(Func<AgentProcess> newAgent, Coverage coverage, double slowest, bool confirm) : IDisposable
{
    private readonly AgentProcess _agent = newAgent();

    public async Task<Result> RunAsync(Mutant mutant)
    {
        IReadOnlyList<TestCase> all = coverage.Of(mutant);
        IReadOnlyList<TestCase> tests = [.. all.Where(test => test.Milliseconds <= slowest)];
        if (all.Count == 0)
        {
            return new(mutant, Outcome.NotReached, "");
        }

        bool isOnce = coverage.IsOncePerProcess(mutant);
        if (!isOnce)
        {
            if (!_agent.IsRunning)
            {
                _agent.Start(0);
            }

            Result result = await InAsync(_agent, mutant, tests);
            if (result.Outcome != Outcome.Survived || !confirm)
            {
                return result;
            }
        }

        // What is computed once a process and kept hides the mutant from a process that has run before.
        using AgentProcess fresh = newAgent();
        fresh.Start(mutant.Id);
        return await InAsync(fresh, mutant, confirm ? all : tests);
    }

    public void Dispose() => _agent.Dispose();

    private static async Task<Result> InAsync(AgentProcess agent, Mutant mutant, IReadOnlyList<TestCase> tests)
    {
        int at = 0;
        for (int portion = 8; at < tests.Count; portion *= 6)
        {
            TestCase[] next = [.. tests.Skip(at).Take(portion)];
            at += next.Length;
            // Ten times what they took, and something for what is compiled on the way.
            var limit = TimeSpan.FromSeconds(3 + (10 * next.Sum(test => test.Milliseconds) / 1000));
            IReadOnlyList<string>? answer = await agent.AskAsync($"run\t{mutant.Id}\t{string.Join(',', next.Select(test => test.Id))}", limit);
            if (answer is null)
            {
                return new(mutant, Outcome.Hung, next[0].Name);
            }

            string by = answer[0].Split('\t')[1];
            if (by.Length > 0)
            {
                return new(mutant, Outcome.Killed, by);
            }
        }

        return new(mutant, Outcome.Survived, "");
    }
}
