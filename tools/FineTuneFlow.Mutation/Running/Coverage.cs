using System.Globalization;

namespace FineTuneFlow.Mutation.Running;

/// <summary>Which tests enter which members: every test once, alone, with no mutant switched on.</summary>
internal sealed class Coverage
{
    // The first test of a process also compiles and loads; the machine may be busy.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private readonly List<TestCase> _tests = [];
    private readonly HashSet<int> _once = [];

    public IReadOnlyList<TestCase> Tests => _tests;

    /// <summary>Tests that fail without any mutant: they say nothing and are left out.</summary>
    public List<string> Failing { get; } = [];

    public static async Task<Coverage> OfAsync(Func<AgentProcess> newAgent, Func<string, bool> isWanted, TextWriter log)
    {
        var coverage = new Coverage();
        using AgentProcess agent = newAgent();
        agent.Start(0);
        IReadOnlyList<string> lines = await agent.AskAsync("tests", Longest) ?? throw new InvalidOperationException($"The tests cannot be loaded: {agent.LastError}");
        foreach (string[] test in lines.Select(line => line.Split('\t')).Where(test => isWanted(test[2])))
        {
            if (!agent.IsRunning)
            {
                agent.Start(0);
                await agent.AskAsync("tests", Longest);
            }

            string[]? answer = (await agent.AskAsync($"cover\t{test[1]}", Longest))?[0].Split('\t');
            if (answer is not [_, var milliseconds, "passed", var members])
            {
                if (answer is not [_, _, "skipped", _])
                {
                    coverage.Failing.Add(test[3]);
                    await log.WriteLineAsync($"left out, it fails as it is: {test[3]}");
                }

                continue;
            }

            string[] entered = members.Split(',', StringSplitOptions.RemoveEmptyEntries);
            coverage._once.UnionWith(entered.Where(member => member.EndsWith('s')).Select(Number));
            coverage._tests.Add(new(test[1], test[2], test[3], double.Parse(milliseconds, CultureInfo.InvariantCulture), entered.Select(Number).ToHashSet()));
        }

        return coverage;
    }

    /// <summary>The quickest first, and before them those that enter little else: they are likeliest to fail.</summary>
    public IReadOnlyList<TestCase> Of(Mutant mutant)
    {
        TestCase[] direct = [.. _tests.Where(test => test.Members.Contains(mutant.MemberId))];
        // What runs once a process was entered by the first test that came near it, and others may depend on it as well.
        IEnumerable<TestCase> others = direct.Length > 0 && IsOncePerProcess(mutant) ? _tests.Except(direct) : [];
        return [.. Quickest(direct), .. Quickest(others)];
    }

    private static IEnumerable<TestCase> Quickest(IEnumerable<TestCase> tests) => tests.OrderBy(test => test.Milliseconds + (test.Members.Count * 2));

    /// <summary>A type's initialisation entered it, so that a process which is already running may never enter it again.</summary>
    public bool IsOncePerProcess(Mutant mutant) => mutant.OncePerProcess || _once.Contains(mutant.MemberId);

    private static int Number(string member) => int.Parse(member.TrimEnd('s'), CultureInfo.InvariantCulture);
}
